package dev.twelvefactor.backing.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** A way to a server on this machine that carries no more than so many bytes a second in each direction. */
final class SlowLine implements AutoCloseable {
    private static final int PIECE = 32 << 10;

    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    SlowLine(int port, int bytesPerSecond) throws IOException {
        this.listener = new ServerSocket();
        // Small buffers: what is in them has arrived, as far as the sender knows.
        listener.setReceiveBufferSize(PIECE);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        daemon(() -> {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(client);
                sockets.add(server);
                daemon(() -> carry(client, server, bytesPerSecond));
                daemon(() -> carry(server, client, bytesPerSecond));
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    private static void carry(Socket from, Socket to, int bytesPerSecond) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[PIECE];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                LockSupport.parkNanos(1_000_000_000L * read / bytesPerSecond);
                out.write(piece, 0, read);
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // The line is closed.
                    }
                },
                "slow-line");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
