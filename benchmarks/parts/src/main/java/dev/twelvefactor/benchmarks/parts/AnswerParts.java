package dev.twelvefactor.benchmarks.parts;

import dev.twelvefactor.http.Request;
import dev.twelvefactor.http.Response;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a handler asks of a request, and the answer that it makes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AnswerParts {
    private final Request request = Request.of("GET", "/entries?page=2&size=20")
            .withHeader("Accept", "text/html")
            .withHeader("Cookie", "theme=dark; session=0123456789012345678901234567890123456789012; x=y");

    /** A parameter of the query. */
    @Benchmark
    public int query() {
        return request.query("size").map(Integer::parseInt).orElseThrow();
    }

    /** A header field. */
    @Benchmark
    public String header() {
        return request.header("accept").orElseThrow();
    }

    /** A cookie among others. */
    @Benchmark
    public String cookie() {
        return request.cookie("session").orElseThrow();
    }

    /** An answer of text. */
    @Benchmark
    public Response text() {
        return Response.text("Hello, World!");
    }

    /** One with a field of its own. */
    @Benchmark
    public Response field() {
        return Response.noContent().withHeader("Cache-Control", "no-store");
    }
}
