package dev.twelvefactor.backing;

/** A service was asked about a lease and did not answer. What came of it is not known. */
public final class LeaseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * For who implements {@link Leases}.
     *
     * @param name of the lease
     * @param sentence why, as {@link Connector#explain} has it
     * @param cause what the client threw
     */
    public LeaseException(String name, String sentence, Throwable cause) {
        super("the lease \"" + name + "\" cannot be asked for: " + sentence, cause);
    }
}
