package dev.twelvefactor.benchmarks.comparison;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a contender is asked to do. */
enum Work {
    TEXT("1", "web", "plain text", "GET", "/text"),
    JSON("2", "web", "JSON of ten fields", "GET", "/json"),
    ORDER("3", "web", "an order read, validated and echoed", "POST", "/orders/42"),
    ENTRY("4", "data", "one row from PostgreSQL", "GET", "/entries/17"),
    PAGE("5", "data", "twenty rows as HTML, with a session in Redis", "GET", "/page");

    static final String ORDER_BODY =
            "{\"customer\":\"Ada Lovelace\",\"email\":\"ada@example.com\",\"quantity\":3,\"items\":[\"pen\",\"paper\"]}";

    /** One of each kind: read, written, with all services. */
    static final List<Work> BRIEF = List.of(TEXT, ORDER, PAGE);

    private final String number;
    private final String app;
    private final String title;
    private final String method;
    private final String path;

    Work(String number, String app, String title, String method, String path) {
        this.number = number;
        this.app = app;
        this.title = title;
        this.method = method;
        this.path = path;
    }

    static Work numbered(String number) {
        return Arrays.stream(values())
                .filter(work -> work.number.equals(number))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such work: " + number));
    }

    String number() {
        return number;
    }

    /** The folder of the app that does it. */
    String app() {
        return app;
    }

    String title() {
        return title;
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    String body() {
        return method.equals("POST") ? ORDER_BODY : "";
    }

    @Override
    public String toString() {
        return number + " (" + name().toLowerCase(Locale.ROOT) + ")";
    }
}
