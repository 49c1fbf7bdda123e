package dev.twelvefactor.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The JDK's WebSocket client, which keeps what comes in the order in which it comes. */
final class SocketClient implements WebSocket.Listener {
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();

    static final class Open {
        final SocketClient client = new SocketClient();
        final WebSocket socket;

        Open(HttpClient http, int port, String path) {
            socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + path), client)
                    .join();
        }

        Open send(String message) {
            socket.sendText(message, true).join();
            return this;
        }

        /** The next event if it is here, else nothing. */
        String soon() {
            String event = client.events.poll();
            return event == null ? "" : event;
        }

        /** The next event: {@code text hello}, {@code binary 0102}, {@code close 1000 reason} or {@code error}. */
        String next() throws InterruptedException {
            String event = client.events.poll(20, TimeUnit.SECONDS);
            return event == null ? "nothing came" : event;
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            events.add("text " + text);
            text.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        events.add("binary " + HexFormat.of().formatHex(bytes));
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        events.add(("close " + code + " " + reason).strip());
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        events.add("error");
    }
}
