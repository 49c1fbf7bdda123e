package dev.twelvefactor.http;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a path to its route, among few and among many. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RoutingParts {
    /** How many there are; every second one has a parameter. */
    @Param({"10", "1000"})
    public int routes;

    private Router router = router(2);
    private String literal = "";
    private String parameter = "";

    /** Declares them. */
    @Setup
    public void declare() {
        router = router(routes);
        literal = "/api/things" + routes / 2 + "/all";
        parameter = "/api/things" + routes / 2 + "/4711";
        if (router.find("GET", literal).route().template().isEmpty()
                || !router.find("GET", parameter).parameters().containsValue("4711")) {
            throw new IllegalStateException("a route was not found");
        }
    }

    private static Router router(int routes) {
        Routes declared = new Routes();
        for (int i = 1; i <= routes / 2; i++) {
            declared.get("/api/things" + i + "/all", request -> Response.noContent());
            declared.get("/api/things" + i + "/{id}", request -> Response.noContent());
        }
        return new Router(declared, new RequestMeters(), failure -> false);
    }

    /** A route without parameters. */
    @Benchmark
    public Object literal() {
        return router.find("GET", literal);
    }

    /** A route with one. */
    @Benchmark
    public Object parameter() {
        return router.find("GET", parameter);
    }
}
