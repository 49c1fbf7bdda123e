package dev.twelvefactor.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that sends and reads bytes as they are. */
final class RawClient implements AutoCloseable {
    private final Socket socket;

    RawClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(20_000);
    }

    /** One whose kernel takes little of what it does not read. */
    static RawClient slow(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawClient(socket);
    }

    /** How long a read waits for the server. */
    void timeout(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    /** Reads up to this text; fails if the connection is closed before. */
    void readUntil(String end) throws IOException {
        StringBuilder got = new StringBuilder();
        while (got.indexOf(end, got.length() - end.length()) < 0) {
            int b = in().read();
            if (b < 0) {
                throw new EOFException("closed after: " + got);
            }
            got.append((char) b);
        }
    }

    /** The rest of a line, without its end. */
    String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in().read(); b >= 0 && b != '\n'; b = in().read()) {
            line.append((char) b);
        }
        return line.toString().strip();
    }

    /** Reads up to the close. */
    String readAll() throws IOException {
        return new String(in().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
