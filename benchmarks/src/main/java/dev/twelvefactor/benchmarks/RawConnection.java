package dev.twelvefactor.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A connection of a client that costs next to nothing, so that what is measured is the server. */
final class RawConnection implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;
    private boolean answerBegun;

    /** An answer, and whether the connection is to be closed behind it. */
    record Answer(int status, String body, boolean close) {}

    RawConnection(int port, int timeoutMillis) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(timeoutMillis);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), timeoutMillis);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * Sends a request and reads its answer, which has a length.
     *
     * @throws EOFException if the connection is closed instead
     */
    Answer exchange(String request) throws IOException {
        answerBegun = false;
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        String head = head();
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
        String body = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        return new Answer(Integer.parseInt(head.substring(9, 12)), body, lower.contains("connection: close"));
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") != head.length() - 4) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException(
                        answerBegun ? "closed in the middle of an answer: " + head : "closed without an answer");
            }
            answerBegun = true;
            head.append((char) b);
        }
        return head.toString();
    }

    /** Whether anything of the last answer has come. */
    boolean answerBegun() {
        return answerBegun;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
