package dev.twelvefactor.benchmarks.binding;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Binding when all is compiled. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WarmBinding {
    /** Who binds. */
    @Param({"HAND", "OURS", "AVAJE", "SMALLRYE", "SPRING"})
    public String binder = "";

    private final Map<String, String> variables = Fifty.environment();

    /** One binding. */
    @Benchmark
    public Object bind() {
        return Binder.valueOf(binder).bind(variables);
    }
}
