package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Loads by <a href="https://github.com/wg/wrk">wrk</a>, which sends the next request of a connection when it has the answer to the last. */
final class Wrk {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

    private final Path script;
    private final String cookie;
    private final String url;

    /** What one load came to. */
    record Load(long requests, double perSecond) {}

    private Wrk(Path script, String cookie, String url) {
        this.script = script;
        this.cookie = cookie;
        this.url = url;
    }

    /**
     * A load of one work on one app.
     *
     * @param headers lines that end with CRLF, or nothing
     */
    static Wrk of(Work work, Entrant entrant, RunningApp app, String headers, Path scratch) throws IOException {
        Path script = scratch.resolve(work.name() + ".lua");
        Files.writeString(
                script,
                work.body().isEmpty()
                        ? ""
                        : "wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.body = '"
                                + work.body() + "'\n");
        return new Wrk(script, headers.strip(), app.url(entrant.prefix() + work.path()));
    }

    Load run(Duration duration, int connections) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        boolean whole = duration.toMillis() % 1000 == 0;
        if (!whole) {
            // It takes whole seconds only, and ends in order on SIGINT.
            command.addAll(List.of("timeout", "--preserve-status", "-s", "INT", duration.toMillis() / 1000.0 + ""));
        }
        command.addAll(List.of("wrk", "-t1", "-c" + connections, "-d" + (whole ? duration.toSeconds() : 60) + "s"));
        command.addAll(List.of("--timeout", "10s", "-s", script.toString(), "-H", "Host: " + RunningApp.HOST));
        if (!cookie.isEmpty()) {
            command.addAll(List.of("-H", cookie));
        }
        command.add(url);
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (wrk.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + wrk.exitValue() + ": " + said);
        }
        return parse(said);
    }

    /**
     * Reads what wrk prints.
     *
     * @throws IllegalStateException if a request failed or had another answer than 2xx or 3xx, or none had any
     */
    static Load parse(String said) {
        Matcher requests = REQUESTS.matcher(said);
        Matcher rate = RATE.matcher(said);
        if (said.contains("Non-2xx or 3xx responses")
                || said.contains("Socket errors")
                || !requests.find()
                || !rate.find()) {
            throw new IllegalStateException("a load with wrong answers has no figure: " + said);
        }
        Load load = new Load(Long.parseLong(requests.group(1)), Double.parseDouble(rate.group(1)));
        if (load.requests() == 0) {
            throw new IllegalStateException("a load without an answer has no figure: " + said);
        }
        return load;
    }
}
