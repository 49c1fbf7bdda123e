package dev.twelvefactor.http;

/** An answer other than success, thrown from wherever it was found to be right. */
public final class HttpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String detail;

    /**
     * An answer of this status.
     *
     * @param status 400 to 599
     * @param detail what the client is told, in a sentence; nothing that it must not know
     */
    public HttpException(int status, String detail) {
        super(status + " " + detail, null, false, false);
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("a status from 400 to 599 is wanted, not " + status);
        }
        this.status = status;
        this.detail = detail;
    }

    /** The status. */
    public int status() {
        return status;
    }

    /** What the client is told. */
    public String detail() {
        return detail;
    }
}
