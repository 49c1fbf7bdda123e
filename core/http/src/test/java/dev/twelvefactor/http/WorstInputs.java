package dev.twelvefactor.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * For each input that a client controls, the largest value that the defaults of {@link HttpSettings} allow, in the shapes that cost a careless reader most;
 * and for each an ordinary request of the same size, in bytes.
 */
final class WorstInputs {
    private static final int HEAD = 16 * 1024;
    private static final int TARGET = 8 * 1024;
    private static final int BODY = 1024 * 1024;
    private static final int FIELDS = 99;

    private final List<Input> inputs = new ArrayList<>();

    /** One of them; {@code name} is what the message of a failure says. */
    record Input(String name, String worst, String ordinary) {
        boolean isHead() {
            return worst.length() <= HEAD;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Input> all() {
        WorstInputs all = new WorstInputs();
        all.proxies();
        all.traces();
        all.cookies();
        all.conditions();
        all.heads();
        all.targets();
        all.forms();
        all.parts();
        all.json();
        all.chunks();
        return all.inputs;
    }

    /** As often as it fits. */
    private static String filled(String part, int size) {
        return part.repeat(size / part.length());
    }

    /** With its number in each part. */
    private static String numbered(IntFunction<String> part, int size) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() + part.apply(i).length() <= size; i++) {
            text.append(part.apply(i));
        }
        return text.toString();
    }

    private void proxies() {
        for (String shape : List.of(":", "10.0.0.1,", ",", "1.", "\",", "\\\"", "[::1]:80,", " ,", "9.9.9.9:1,")) {
            field("X-Forwarded-For", shape);
        }
        field("X-Forwarded-For", ":", "x");
        field("X-Forwarded-For", "203.0.113.9,", ":".repeat(45));
        lines("X-Forwarded-For", ":".repeat(130));
        field("X-Forwarded-Proto", "https,");
        field("X-Forwarded-Host", "a:");
        field("X-Forwarded-Host", "[::]");
        for (String shape :
                List.of("for=10.0.0.1,", "a=b;", "\"", "\\\"", ",", ";", "for=\"[::1]\",", "for=\":::::::::\"")) {
            field("Forwarded", shape);
        }
        fields("Forwarded", List.of("Forwarded: for=\"" + ":".repeat(15_000) + "x\""));
        fields("Forwarded", List.of("Forwarded: for=\"" + ":".repeat(45) + "\"" + ";by=b".repeat(190)));
    }

    private void traces() {
        String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        field("traceparent", "0");
        field("traceparent", parent.replaceFirst("00", "01") + "-");
        lines("traceparent", parent);
        fields("tracestate", List.of("traceparent: " + parent, "tracestate: " + filled("a=1,", 512)));
        fields(
                "tracestate",
                List.of("traceparent: " + parent, "tracestate: " + "a".repeat(255) + "=" + "b".repeat(256)));
        fields("baggage", List.of("baggage: a=" + "\t ".repeat(4090) + "\""));
        fields("baggage", List.of("baggage: " + filled("a=%41,", 8192)));
        fields("baggage", List.of("baggage: " + filled("a;", 8192)));
        fields("baggage", List.of("baggage: a=" + filled("%41", 8000)));
        fields("baggage", List.of("baggage: " + numbered(i -> (i == 0 ? "" : ",") + "k" + i + "=v;p=\tq", 8192)));
        field("baggage", ",");
        field("X-Request-Id", "a");
        lines("X-Request-Id", "a".repeat(128));
    }

    private void cookies() {
        String id = "0123456789012345678901234567890123456789012";
        for (String shape : List.of(";", "a=a;", "session;", "session", "a=\"\";", " ;", "a=" + id + ";")) {
            field("Cookie", shape);
        }
        field("Cookie", "session=" + id + "x;");
        fields("session id", List.of("Cookie: session=" + id + "." + filled("z", 15_000)));
        lines("session id", "session=" + id + ".zzzzzzzzzzz");
    }

    private void conditions() {
        for (String name : List.of("If-Match", "If-None-Match", "If-Range", "Range")) {
            for (String shape : List.of("\"a\",", "\"", "W/", "\"a ", ",", "bytes=", "0-0,")) {
                file(name, shape);
            }
        }
        file("Range", "bytes=" + "9".repeat(15_000));
        file("Range", "bytes=" + filled("0-0,", 15_000));
        file("If-None-Match", "W/\"" + "a".repeat(15_000));
    }

    private void heads() {
        for (String name : List.of("Accept-Encoding", "Accept")) {
            for (String shape : List.of("gzip;q=0,", ",", ";", "gzip;q=0.000;", "gzip;q=", "br;q=0.0,gzip;q=0.0,")) {
                field(name, shape);
            }
        }
        for (String name :
                List.of("Origin", "Sec-Fetch-Site", "User-Agent", "Content-Type", "Access-Control-Request-Method")) {
            field(name, "a");
            field(name, "https://");
        }
        field("Connection", "TE,");
        field("Connection", ",");
        field("Connection", "x");
        add("100 fields", "GET /all HTTP/1.1\r\nHost: h\r\n" + numbered(i -> "f" + i + ":\r\n", FIELDS * 5) + "\r\n");
        // All of them have one hash.
        add(
                "fields with one hash",
                "GET /all HTTP/1.1\r\nHost: h\r\n"
                        + IntStream.range(0, 64)
                                .mapToObj(i -> Integer.toBinaryString(64 + i)
                                                .replace("1", "B#")
                                                .replace("0", "AB")
                                        + ":\r\n")
                                .collect(Collectors.joining())
                        + "\r\n");
    }

    private void targets() {
        for (String shape :
                List.of("/", "/a", "/.", "/..", "/%2e", "/;", "/a;b=c", ";", ";a=b", "%41", "%2F", "|", "+")) {
            target("path", "/" + filled(shape, TARGET - 10));
            target("path parameter", "/in/" + filled(shape, TARGET - 10));
        }
        target("path parameter", "/in/a/b" + filled("/", TARGET - 10));
        target("path of a file", "/files/" + filled("a/", TARGET - 10));
        target("path of a file", "/files/" + "a".repeat(TARGET - 10));
        target("path of a resource", "/assets/" + filled("a/", TARGET - 10));
        for (String shape : List.of("&", "a&", "=", "a=%41&", "%41", "+", "{", ";", "a=b&")) {
            target("query", "/all?" + filled(shape, TARGET - 10));
        }
        target("query", "/all?" + numbered(i -> "k" + i + "&", TARGET - 10));
    }

    private void forms() {
        String type = "application/x-www-form-urlencoded";
        IntFunction<String> ordinary = size -> numbered(i -> "field" + i + "=" + "a".repeat(2000) + "&", size);
        for (String shape : List.of("%41", "+", "=", "%E2%82%AC", "a")) {
            body("form field", "/form", type, "a=" + filled(shape, BODY - 2), ordinary);
        }
        body("form field", "/form", type, filled("%41", BODY), ordinary);
        body("form field", "/form", type, numbered(i -> i + "=" + "%41".repeat(340) + "&", BODY - 3000), ordinary);
        body("form field", "/form", type, filled("&", BODY), ordinary);
    }

    private void parts() {
        String type = "multipart/form-data; boundary=xyz";
        IntFunction<String> ordinary =
                size -> part("name=file; filename=\"holiday.jpg\"", "a".repeat(size - 200)) + "--xyz--\r\n";
        for (String shape : List.of("a", "\\", "/", "\\\"", "a\\", ".")) {
            String name = filled(shape, 7000);
            body("file name", "/parts", type, parts("name=a; filename=\"" + name + "\"", ""), ordinary);
            body("part name", "/parts", type, parts("name=\"" + name + "\"", ""), ordinary);
        }
        body("file name", "/parts", type, parts("name=a; filename*=utf-8''" + filled("%41", 7000), ""), ordinary);
        body("file name", "/parts", type, parts("name=a; filename*=utf-8'" + filled("a-", 7000), ""), ordinary);
        body(
                "parameters of a part",
                "/parts",
                type,
                parts("name=a;" + numbered(i -> "p" + i + "=;", 7000), ""),
                ordinary);
        body("parameters of a part", "/parts", type, parts("name=a" + filled(";", 7000), ""), ordinary);
        body("parts", "/parts", type, filled(part("name=a", ""), 50_000) + "--xyz--\r\n", ordinary);
        for (String shape : List.of("\r", "\r\n", "\r\n--", "\r\n--xy", "-")) {
            body(
                    "content of a part",
                    "/parts",
                    type,
                    part("name=a", filled(shape, BODY - 200)) + "--xyz--\r\n",
                    ordinary);
        }
        for (String shape : List.of("boundary=a;", ";", "a=b;", "boundary=a\u0085;", "boundary=\"", " ;")) {
            String head = "POST /parts HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data;";
            add("type of a form: " + shown(shape), head + filled(shape, 15_000) + "\r\n\r\n");
        }
    }

    private static String part(String parameters, String content) {
        return "--xyz\r\nContent-Disposition: form-data; " + parameters + "\r\n\r\n" + content + "\r\n";
    }

    private static String parts(String parameters, String content) {
        return filled(part(parameters, content), BODY - 100) + "--xyz--\r\n";
    }

    private void json() {
        IntFunction<String> ordinary =
                size -> list("any", "{\"name\":\"Ann Example\",\"count\":17,\"price\":12.5}", size);
        for (String item :
                List.of("1", "[]", "\"\"", "{\"a\":1}", "\"\\u0041\"", "9".repeat(1000), "0." + "3".repeat(990))) {
            body("JSON text", "/json", "application/json", list("any", item), ordinary);
        }
        body("JSON text", "/json", "application/json", list("any", "[".repeat(400) + "]".repeat(400)), ordinary);
        body("JSON text", "/json", "application/json", "{\"text\":\"" + filled("\\u20ac", BODY - 50) + "\"}", ordinary);
        body("JSON text", "/json", "application/json", "{\"a\":0" + " ".repeat(BODY - 10) + "}", ordinary);
        body(
                "JSON text",
                "/json",
                "application/json",
                "{" + numbered(i -> "\"k" + i + "\":0,", BODY - 20) + "\"a\":0}",
                ordinary);
        body(
                "JSON text",
                "/json",
                "application/json",
                "{\"map\":{" + numbered(i -> "\"k" + i + "\":0,", BODY - 40) + "\"a\":0}}",
                ordinary);
        body("JSON text", "/json", "application/json", "{\"map\":{" + colliding() + "\"a\":0}}", ordinary);
        for (String item : List.of(
                "1e99999",
                "1e9",
                "1.5",
                "9".repeat(1000),
                "\"" + "9".repeat(900) + "\"",
                "\"" + "9".repeat(BODY - 2000) + "\"",
                "true")) {
            for (String field : List.of("integers", "decimals", "doubles", "ints", "instants", "durations")) {
                body("JSON " + field, "/json", "application/json", list(field, item), ordinary);
            }
        }
    }

    private static String list(String field, String item) {
        return list(field, item, BODY - 1100);
    }

    private static String list(String field, String item, int size) {
        return "{\"" + field + "\":[" + filled(item + ",", size) + item + "]}";
    }

    /** Names with one hash. */
    private static String colliding() {
        return IntStream.range(0, 1 << 15)
                .mapToObj(i ->
                        Integer.toBinaryString((1 << 15) + i).replace("1", "Aa").replace("0", "BB"))
                .map(name -> "\"" + name + "\":0,")
                .collect(Collectors.joining())
                .substring(0, 37 * 27_000);
    }

    private void chunks() {
        for (String path : List.of("/whole", "/stream")) {
            chunked("chunks", path, filled("1\r\na\r\n", BODY));
            chunked("chunk sizes", path, filled("000000000001\r\na\r\n", BODY));
            chunked("chunk sizes", path, filled("2\r\n\r\n\r\n", BODY));
            chunked("chunk extensions", path, filled("1;a=\"\\b\"\r\na\r\n", 6000) + filled("1\r\na\r\n", BODY));
        }
        String trailers = "0\r\n" + numbered(i -> "f" + i + ":\r\n", FIELDS * 5) + "\r\n";
        chunked("trailers", "/whole", filled("1\r\na\r\n", 6000) + trailers, "");
    }

    private void chunked(String name, String path, String chunks) {
        chunked(name, path, chunks, "0\r\n\r\n");
    }

    private void chunked(String name, String path, String chunks, String end) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\n";
        String worst = head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + end;
        String ordinary = head + "Content-Length: " + chunks.length() + "\r\n\r\n" + "a".repeat(chunks.length());
        inputs.add(new Input(name + " of " + path + ": " + shown(chunks), worst, ordinary));
    }

    /** A value that is this shape, again and again. */
    private void field(String name, String shape) {
        field(name, shape, "");
    }

    private void field(String name, String shape, String end) {
        fields(name, List.of(name + ": " + filled(shape, 15_000) + end));
    }

    private void lines(String name, String value) {
        String line = name + ": " + value;
        fields(
                name,
                IntStream.range(0, Math.min(FIELDS - 1, 15_000 / line.length()))
                        .mapToObj(i -> line)
                        .toList());
    }

    private void fields(String name, List<String> lines) {
        String all = String.join("\r\n", lines);
        add(name + ": " + shown(all), "GET /all HTTP/1.1\r\nHost: h\r\n" + all + "\r\n\r\n");
    }

    private void file(String name, String shape) {
        add(
                name + ": " + shown(shape),
                "GET /files/a.txt HTTP/1.1\r\nHost: h\r\n" + name + ": " + filled(shape, 15_000) + "\r\n\r\n");
    }

    private void target(String name, String target) {
        add(name + ": " + shown(target), "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    private void add(String name, String request) {
        String ordinary = "GET /all HTTP/1.1\r\nHost: h\r\nX-Ordinary: \r\n\r\n";
        String filler = "a".repeat(Math.max(0, request.length() - ordinary.length()));
        inputs.add(new Input(name, request, ordinary.replace("X-Ordinary: ", "X-Ordinary: " + filler)));
    }

    private void body(String name, String path, String type, String worst, IntFunction<String> ordinary) {
        inputs.add(new Input(
                name + ": " + shown(worst), post(path, type, worst), post(path, type, ordinary.apply(worst.length()))));
    }

    private static String post(String path, String type, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private static String shown(String value) {
        String start = value.length() > 60 ? value.substring(0, 60) + "…" : value;
        return start.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t");
    }
}
