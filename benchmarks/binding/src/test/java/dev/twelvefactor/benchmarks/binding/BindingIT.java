package dev.twelvefactor.benchmarks.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** {@code -Dbinding.rounds=15} is the long form. */
@Timeout(3600)
class BindingIT {
    private static final int ROUNDS = Integer.getInteger("binding.rounds", 1);

    @ParameterizedTest
    @EnumSource(Binder.class)
    void all_bind_the_same(Binder binder) {
        assertThat(binder.bind(Fifty.environment())).isEqualTo(Binder.HAND.bind(Fifty.environment()));
    }

    @Test
    void measures_the_first_binding_of_a_process() throws Exception {
        Map<Binder, Double> medians = ColdBinding.medians(ROUNDS);
        System.err.println("cold, ms: " + medians);
        assertThat(medians).hasSameSizeAs(Binder.values());
    }

    @Test
    void measures_binding_when_all_is_compiled() throws Exception {
        boolean thorough = ROUNDS > 1;
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(WarmBinding.class.getSimpleName())
                .forks(thorough ? 3 : 1)
                .warmupIterations(thorough ? 5 : 1)
                .measurementIterations(thorough ? 5 : 1)
                .warmupTime(TimeValue.milliseconds(thorough ? 1000 : 50))
                .measurementTime(TimeValue.milliseconds(thorough ? 1000 : 50))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        var results = new Runner(options.build()).run();
        results.forEach(
                result -> System.err.println("warm: " + result.getParams().getParam("binder") + " "
                        + result.getPrimaryResult().toString().strip()));
        assertThat(results).hasSameSizeAs(Binder.values());
    }
}
