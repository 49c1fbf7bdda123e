package dev.twelvefactor.http;

/** What a response carries behind its head. */
sealed interface Body {
    /** All of it, in memory. */
    @SuppressWarnings("ArrayRecordComponent")
    record Bytes(byte[] bytes) implements Body {}

    /** A value that the routes' mapper makes into JSON when the handler has returned it. */
    record Value(Object value) implements Body {}

    /** Written piece by piece as the client takes it; {@code length} is -1 if it is not known. */
    record Stream(long length, BodyWriter writer) implements Body {}

    /** Server-sent events, for as long as both sides like. */
    record Events(EventStream.Source source) implements Body {}
}
