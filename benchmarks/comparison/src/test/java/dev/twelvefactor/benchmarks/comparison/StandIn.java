package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/** A server of one thread that answers as a contender has to, as an app of its own or within a test. With LIE in its environment its JSON is wrong. */
final class StandIn implements AutoCloseable {
    private static final String JSON =
            "{\"name\":\"Ada Lovelace\",\"id\":7,\"email\":\"ada@example.com\",\"active\":true,\"score\":98.5,\"visits\":1815,\"city\":\"London\",\"country\":\"GB\",\"created\":\"1815-12-10\",\"note\":\"Hello, World!\"}";
    private static final Pattern ORDER = Pattern.compile(
            "(?s)POST .*/orders/([1-9]\\d*) .*\\{(\"customer\":\"\\S[^\"]{0,99}\",\"email\":\"[^\"]*@[^\"]*\",\"quantity\":\\d{1,2},\"items\":\\[\"[^]]*])}");

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final Handler handler;

    /** Makes an answer, as it goes over the wire. */
    interface Handler {
        String answer(String request) throws InterruptedException;
    }

    private static final class Connection {
        private final StringBuilder request = new StringBuilder();
    }

    private StandIn(int port, Handler handler) throws IOException {
        this.handler = handler;
        listener.bind(new InetSocketAddress(port), 1024);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    static StandIn start(int port, Handler handler) throws IOException {
        StandIn server = new StandIn(port, handler);
        Thread thread = new Thread(server::serve, "stand-in");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> environment = System.getenv();
        boolean log = environment.containsKey("LOG");
        boolean lie = environment.containsKey("LIE");
        start(Integer.parseInt(environment.get("PORT")), request -> {
            String answer = answer(request);
            if (log) {
                System.out.println(request.substring(0, request.indexOf('\r')));
            }
            return lie ? answer.replace("1815,", "1816,") : answer;
        });
        Thread.sleep(Long.MAX_VALUE);
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    private void serve() {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(8192);
            while (listener.isOpen()) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isAcceptable()) {
                        SocketChannel accepted = listener.accept();
                        accepted.configureBlocking(false);
                        accepted.register(selector, SelectionKey.OP_READ, new Connection());
                    } else {
                        exchange((SocketChannel) key.channel(), (Connection) key.attachment(), bytes);
                    }
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException | ClosedSelectorException e) {
            // The test is over.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void exchange(SocketChannel channel, Connection connection, ByteBuffer bytes)
            throws IOException, InterruptedException {
        bytes.clear();
        int read;
        try {
            read = channel.read(bytes);
        } catch (IOException e) {
            read = -1;
        }
        if (read < 0) {
            channel.close();
            return;
        }
        StringBuilder request = connection.request;
        request.append(StandardCharsets.UTF_8.decode(bytes.flip()));
        int body = request.indexOf("\r\n\r\n") + 4;
        if (body > 3 && request.length() >= body + length(request)) {
            channel.write(ByteBuffer.wrap(handler.answer(request.toString()).getBytes(StandardCharsets.UTF_8)));
            request.setLength(0);
        }
    }

    private static int length(StringBuilder request) {
        int at = request.indexOf("Content-Length: ");
        return at < 0 ? 0 : Integer.parseInt(request.substring(at + 16, request.indexOf("\r", at)));
    }

    static String text(String text) {
        return answer("200 OK", "text/plain", text);
    }

    private static String answer(String status, String type, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    private static String answer(String request) {
        String path = request.split(" ", 3)[1].replaceFirst("^/nonblocking", "");
        if (path.equals("/text")) {
            return text("Hello, World!");
        } else if (path.equals("/json")) {
            return answer("200 OK", "application/json", JSON);
        } else if (path.startsWith("/orders/")) {
            var order = ORDER.matcher(request);
            return order.matches()
                    ? answer("200 OK", "application/json", "{\"id\":" + order.group(1) + "," + order.group(2) + "}")
                    : answer("422 Unprocessable", "text/plain", "no");
        } else if (path.equals("/login?user=ann")) {
            return "HTTP/1.1 204 No Content\r\nSet-Cookie: session=1; HttpOnly\r\n\r\n";
        } else if (path.equals("/page")) {
            return request.contains("Cookie: session=1")
                    ? answer("200 OK", "text/html; charset=utf-8", page())
                    : answer("401 Unauthorized", "text/plain", "no");
        }
        int id = Integer.parseInt(path.replace("/entries/", ""));
        return id > 10_000
                ? answer("404 Not Found", "text/plain", "no")
                : answer(
                        "200 OK",
                        "application/json",
                        "{\"id\":" + id + ",\"author\":\"Author " + id + "\",\"message\":\"Message " + id
                                + ", <b>bold</b> & \\\"said\\\"\"}");
    }

    private static String page() {
        StringBuilder page = new StringBuilder(
                "<!doctype html>\n<html><head><title>Entries</title></head><body><p>Signed in as ann</p><table>");
        for (int id = 1; id <= 20; id++) {
            page.append("<tr><td>" + id + "</td><td>Author " + id + "</td><td>Message " + id
                    + ", &lt;b&gt;bold&lt;/b&gt; &amp; &#34;said&#34;</td></tr>\n");
        }
        return page.append("</table></body></html>").toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        selector.close();
    }
}
