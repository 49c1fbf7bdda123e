package dev.twelvefactor.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A port that accepts connections and never says a word. */
public final class BlackHole implements AutoCloseable {
    private final ServerSocket socket;

    private BlackHole(ServerSocket socket) {
        this.socket = socket;
    }

    /** Opens one on the loopback address. */
    public static BlackHole open() throws IOException {
        return new BlackHole(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    /** Its port. */
    public int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
