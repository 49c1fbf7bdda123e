package dev.twelvefactor.backing.blob;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A server that has the same answer to everything, as no real one can be made to. */
record AnsweringServer(HttpServer server) implements AutoCloseable {
    static AnsweringServer with(int status, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            boolean bodiless = exchange.getRequestMethod().equals("HEAD") || bytes.length == 0;
            exchange.sendResponseHeaders(status, bodiless ? -1 : bytes.length);
            if (!bodiless) {
                exchange.getResponseBody().write(bytes);
            }
            exchange.close();
        });
        server.start();
        return new AnsweringServer(server);
    }

    String url() {
        return "s3+http://key:secret@127.0.0.1:" + server.getAddress().getPort() + "/app";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
