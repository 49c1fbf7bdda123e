package dev.twelvefactor.testing;

import dev.twelvefactor.config.ServiceUrl;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gate in front of a server, for tests of what an app does when the server, or the way to it, is gone: it lets everything through, refuses connections, or takes them
 * and lets nothing through any more, as a network does that loses packets.
 *
 * <pre>{@code
 * try (TcpGate gate = TcpGate.to(server.url())) {
 *     // … attach gate.through(server.url())
 *     gate.swallow();
 *     // … calls fail in bounded time
 *     gate.open();
 *     // … and work again
 * }
 * }</pre>
 */
public final class TcpGate implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;
    private static final int MOST_READS = 10_000;

    private final String host;
    private final int targetPort;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Semaphore reads = new Semaphore(MOST_READS);
    private final AtomicInteger lost = new AtomicInteger();
    private volatile boolean swallows;
    private volatile boolean swallowsAnswers;
    private ServerSocket listener;
    private Thread acceptor;

    private TcpGate(String host, int targetPort) throws IOException {
        this.host = host;
        this.targetPort = targetPort;
        this.listener = listen(0);
        this.port = listener.getLocalPort();
        this.acceptor = accept(listener);
    }

    /** An open gate to the first host of a URL, which names its port. */
    public static TcpGate to(String url) throws IOException {
        ServiceUrl.Host server = ServiceUrl.parse(url).hosts().get(0);
        return to(server.name(), server.port().orElseThrow());
    }

    /** A URL whose only host is this gate, in the place of its server. */
    public String through(String url) {
        return url.replaceFirst("(//(?:[^/?@]*@)?)[^/?@]*", "$1" + "127.0.0.1:" + port);
    }

    /** An open gate on a free port of the loopback address. */
    public static TcpGate to(String host, int port) throws IOException {
        return new TcpGate(host, port);
    }

    /** The port to connect to. */
    public int port() {
        return port;
    }

    /** Lets everything through again; connections that lost something are ended. */
    public synchronized void open() throws IOException {
        // What is on its way is lost, too.
        lost.incrementAndGet();
        swallows = false;
        swallowsAnswers = false;
        reads.drainPermits();
        reads.release(MOST_READS);
        endConnections();
        if (listener.isClosed()) {
            listener = listen(port);
            acceptor = accept(listener);
        }
    }

    /** Ends all connections, and refuses new ones. */
    public synchronized void refuse() throws IOException {
        listener.close();
        awaitLastAccept();
        endConnections();
    }

    /** Takes connections and lets nothing through any more, in neither direction, of old ones and new ones. */
    public synchronized void swallow() {
        swallows = true;
    }

    /** Lets everything through to the server and nothing back, so that what an app asks for happens and the app does not learn of it. */
    public synchronized void swallowAnswers() {
        swallowsAnswers = true;
    }

    /** Lets nothing through any more of the connections that there are, and everything of new ones, as when a host comes back that knows nothing of them. */
    public void forget() {
        lost.incrementAndGet();
    }

    /** Reads nothing any more, so that whoever writes is stuck as soon as the system's buffers are full. */
    public void stopReading() {
        reads.acquireUninterruptibly(MOST_READS);
    }

    /** Refuses for good. */
    @Override
    public void close() throws IOException {
        refuse();
    }

    private static ServerSocket listen(int number) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number), 50);
        return socket;
    }

    private Thread accept(ServerSocket socket) {
        return daemon(() -> {
            while (true) {
                Socket client = socket.accept();
                sockets.add(client);
                daemon(() -> connect(client));
            }
        });
    }

    /** A closed listener keeps its port until the thread that waits in it has come out; only then can the port be taken again, and no connection comes in any more. */
    private void awaitLastAccept() throws InterruptedIOException {
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the gate's port was freed");
        }
    }

    private void connect(Socket client) throws IOException {
        int number = lost.get();
        Socket server = new Socket();
        sockets.add(server);
        try {
            server.connect(new InetSocketAddress(host, targetPort), 5000);
        } catch (IOException e) {
            client.close();
            server.close();
            throw e;
        }
        daemon(() -> pump(client, server, number, false));
        pump(server, client, number, true);
    }

    private void pump(Socket from, Socket to, int number, boolean answers) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                reads.acquireUninterruptibly();
                reads.release();
                if (!swallows && !(answers && swallowsAnswers) && number == lost.get()) {
                    out.write(buffer, 0, read);
                }
            }
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void endConnections() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private interface Work {
        void run() throws IOException;
    }

    /** A connection that ends, by whichever end, is what these threads wait for. */
    private static Thread daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        return;
                    }
                },
                "tcp-gate");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
