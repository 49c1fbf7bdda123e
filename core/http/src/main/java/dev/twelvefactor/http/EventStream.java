package dev.twelvefactor.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Server-sent events to one client. For use by one thread at a time. When the process drains, or the client has gone, {@link #open()} is false and the
 * source's thread is interrupted. The server sends a heartbeat where the source is quiet for {@code HTTP_HEARTBEAT}, so that no proxy takes the connection for
 * idle and a client that has gone is noticed.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
 */
public final class EventStream {
    /** What no client shows. */
    static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

    private final OutputStream out;
    private final Json json;
    private final BooleanSupplier open;

    EventStream(OutputStream out, Json json, BooleanSupplier open) {
        this.out = out;
        this.open = open;
        this.json = json;
    }

    /** Sends events until it returns. */
    @FunctionalInterface
    public interface Source {
        /**
         * Sends events while the stream is open. It has a thread of its own.
         *
         * @throws Exception if it cannot go on; an {@link IOException} of the stream itself only means that the client has gone
         */
        void sendTo(EventStream events) throws Exception;
    }

    /** Whether events still go anywhere, as far as is known. */
    public boolean open() {
        return open.getAsBoolean();
    }

    /**
     * Sends an event of the type {@code message}.
     *
     * @param data arrives as it is, with every line end; CR and CR LF arrive as LF, since the format has no other
     */
    public void send(String data) throws IOException {
        write("", data);
    }

    /**
     * Sends an event of this type.
     *
     * @param data as for {@link #send(String)}
     * @throws IllegalArgumentException if the type has more than one line
     */
    public void send(String type, String data) throws IOException {
        if (type.chars().anyMatch(c -> c == '\n' || c == '\r')) {
            throw new IllegalArgumentException("the type of an event is one line");
        }
        write("event: " + type + "\n", data);
    }

    /** Sends an event of this type with a value as JSON. */
    public void sendJson(String type, Object value) throws IOException {
        send(type, new String(json.write(value), StandardCharsets.UTF_8));
    }

    private void write(String type, String data) throws IOException {
        StringBuilder event = new StringBuilder(type);
        // With the empty lines at the end, too: the client puts a line end between each two lines and none after the
        // last.
        for (String line : LINE_END.split(data, -1)) {
            event.append(line.isEmpty() ? "data:" : "data: ").append(line).append('\n');
        }
        out.write(event.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
