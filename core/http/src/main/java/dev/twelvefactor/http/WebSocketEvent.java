package dev.twelvefactor.http;

/** What the bytes of a WebSocket's client come to. */
sealed interface WebSocketEvent {
    /** A whole message; {@code reserved} bytes were reserved for it. */
    record Data(WebSocket.Message message, int reserved) implements WebSocketEvent {}

    @SuppressWarnings("ArrayRecordComponent")
    record Ping(byte[] payload) implements WebSocketEvent {}

    record Pong() implements WebSocketEvent {}

    /** {@code code} is {@link WebSocket#NO_CODE} if the client gave none. */
    record Close(int code, String reason) implements WebSocketEvent {}

    /** Something that ends the connection with this code. */
    record Violation(int code, String reason) implements WebSocketEvent {}
}
