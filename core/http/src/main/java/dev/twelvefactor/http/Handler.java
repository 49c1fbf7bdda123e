package dev.twelvefactor.http;

/** Answers requests. It may block: on JDK 21 and later each request has a virtual thread, on 17 a thread of a bounded pool. */
@FunctionalInterface
public interface Handler {
    /**
     * The answer to a request. An {@link HttpException} becomes the problem document that it describes, any other exception a 500 with one event
     * in the log.
     *
     * @throws Exception whatever goes wrong
     */
    Response handle(Request request) throws Exception;
}
