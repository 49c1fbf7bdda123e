package dev.twelvefactor.benchmarks.parts;

import dev.twelvefactor.logging.EventLog;
import dev.twelvefactor.logging.LogSettings;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event of one request, from the logger's builder to the bytes of its line, which nobody takes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AccessParts {
    private final Logger access = LoggerFactory.getLogger("http.access");
    private final Counted lines = new Counted();

    /** Where the lines end. */
    private static final class Counted extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] some, int from, int length) {
            bytes += length;
        }
    }

    /** Has the log write there. */
    @Setup
    public void log() {
        EventLog.use(
                LogSettings.defaults(),
                Map.of("service", "shop", "version", "1.2.3", "release", "v42", "process", "web.1"),
                lines);
        if (event() < 300) {
            throw new IllegalStateException("the event was not written");
        }
    }

    /** One event, with the fields that the server gives it. */
    @Benchmark
    public long event() {
        access.atInfo()
                .addKeyValue("method", "GET")
                .addKeyValue("path", "/entries/7")
                .addKeyValue("route", "/entries/{id}")
                .addKeyValue("status", 200)
                .addKeyValue("bytes", 1234L)
                .addKeyValue("duration_ms", 0.421)
                .addKeyValue("remote_address", "192.0.2.17")
                .addKeyValue("user_agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
                .addKeyValue("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")
                .addKeyValue("span_id", "00f067aa0ba902b7")
                .addKeyValue("request_id", "4bf92f3577b34da6a3ce929d0e0e4736")
                .log("request");
        return lines.bytes;
    }
}
