package dev.twelvefactor.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The handler of a route of {@link Routes#webSocket}: it checks the opening handshake before the app sees the request.
 *
 * @param origins the other origins whose pages may connect
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-4.2">RFC 6455, 4.2</a>
 */
record WebSocketHandshake(Handler accept, Supplier<Set<String>> origins) implements Handler {
    static final String ACCEPT = "Sec-WebSocket-Accept";
    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;
    private static final int KEY_LENGTH = 24;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    @Override
    public Response handle(Request request) throws Exception {
        boolean upgrade = request.method().equals("GET")
                && contains(request.list("Upgrade"), "websocket")
                && contains(request.list("Connection"), "upgrade");
        if (!upgrade) {
            return upgradeRequired(
                    "This is the address of a WebSocket. Connect with the header field Upgrade: websocket.");
        }
        if (!request.headers("Sec-WebSocket-Version").equals(List.of(VERSION))) {
            return upgradeRequired("The version of the WebSocket protocol must be 13 (RFC 6455).");
        }
        List<String> keys = request.headers("Sec-WebSocket-Key");
        if (keys.size() != 1 || !isKey(keys.get(0).strip())) {
            throw new HttpException(400, "Sec-WebSocket-Key must be 16 bytes in Base64.");
        }
        if (!isAllowed(request)) {
            throw new HttpException(403, "Pages of this origin must not connect.");
        }
        Response response = accept.handle(request);
        return response != null && response.body() instanceof Body.Socket
                ? response.withHeader(ACCEPT, acceptOf(keys.get(0).strip()))
                : response;
    }

    private static boolean contains(String list, String token) {
        return Arrays.stream(list.split(",", -1)).anyMatch(item -> item.strip().equalsIgnoreCase(token));
    }

    private static Response upgradeRequired(String detail) {
        Response problem = Response.problem(426, detail);
        Map<String, List<String>> fields = new LinkedHashMap<>(problem.headers());
        fields.put("Upgrade", List.of("websocket"));
        fields.put("Connection", List.of("Upgrade"));
        fields.put("Sec-WebSocket-Version", List.of(VERSION));
        return Response.of(426, fields, problem.body());
    }

    private static boolean isKey(String key) {
        try {
            return key.length() == KEY_LENGTH && Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Only browsers send an origin, and they send it with the visitor's cookies whatever page asks: no preflight protects a WebSocket. */
    private boolean isAllowed(Request request) {
        List<String> sent = request.headers("Origin");
        if (sent.isEmpty()) {
            return true;
        }
        Optional<String> origin =
                sent.size() == 1 ? Optional.of(sent.get(0).toLowerCase(Locale.ROOT)) : Optional.empty();
        Set<String> others = origins.get();
        return others.contains("*")
                || origin.filter(one -> others.contains(one) || OwnOrigin.is(one, request))
                        .isPresent();
    }

    private static String acceptOf(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-1", e);
        }
    }
}
