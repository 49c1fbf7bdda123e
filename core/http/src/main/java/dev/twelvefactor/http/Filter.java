package dev.twelvefactor.http;

/** Stands around handlers: the place for authentication and the like. */
@FunctionalInterface
public interface Filter {
    /**
     * Answers a request itself or passes it on to {@code next}.
     *
     * @throws Exception whatever goes wrong, as from a {@link Handler}
     */
    Response handle(Request request, Handler next) throws Exception;
}
