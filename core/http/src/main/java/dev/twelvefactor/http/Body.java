package dev.twelvefactor.http;

import org.jspecify.annotations.Nullable;

/** What a response carries behind its head. */
sealed interface Body {
    /** All of it, in memory. */
    @SuppressWarnings("ArrayRecordComponent")
    record Bytes(byte[] bytes) implements Body {}

    /** A value that the routes' mapper makes into JSON when the handler has returned it. */
    record Value(Object value) implements Body {}

    /** Written piece by piece as the client takes it; {@code length} is -1 if it is not known; {@code resource} is closed after that, or instead of it. */
    record Stream(long length, BodyWriter writer, @Nullable CloseOnce resource) implements Body {
        Stream(long length, BodyWriter writer) {
            this(length, writer, null);
        }

        /** The same in another encoding, so that its length is not known. */
        Stream encoded(BodyWriter encoding) {
            return new Stream(-1, encoding, resource);
        }
    }

    /** No body: the connection becomes a WebSocket. */
    record Socket(WebSocket.Handler handler) implements Body {}

    /** Server-sent events, for as long as both sides like. */
    record Events(EventStream.Source source) implements Body {}
}
