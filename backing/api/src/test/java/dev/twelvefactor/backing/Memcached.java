package dev.twelvefactor.backing;

import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/** memcached://host:11211?timeout=1s, as a plain socket. */
public final class Memcached implements ServiceProvider<Socket> {
    @Override
    public Set<String> schemes() {
        return Set.of("memcached");
    }

    @Override
    public Class<Socket> client() {
        return Socket.class;
    }

    @Override
    public Connector<Socket> connector(ServiceUrl url) {
        if (url.hosts().size() != 1) {
            throw url.refused("names no single host; write memcached://host:11211");
        }
        UrlParameters parameters = UrlParameters.of(url);
        Duration timeout = parameters.duration("timeout", Duration.ofSeconds(1), Duration.ofSeconds(5));
        parameters.end();
        return new Connection(url.hosts().get(0), (int) timeout.toMillis());
    }

    private record Connection(ServiceUrl.Host host, int timeout) implements Connector<Socket> {
        @Override
        public Socket open(String name) throws IOException {
            Socket socket = new Socket();
            socket.connect(new InetSocketAddress(host.name(), host.port().orElse(11211)), timeout);
            socket.setSoTimeout(timeout);
            return socket;
        }

        @Override
        public void check(Socket socket) throws IOException {
            socket.getOutputStream().write("version\r\n".getBytes(StandardCharsets.US_ASCII));
            if (socket.getInputStream().read(new byte[256]) < 0) {
                throw new EOFException();
            }
        }

        @Override
        public void close(Socket socket) throws IOException {
            socket.close();
        }
    }
}
