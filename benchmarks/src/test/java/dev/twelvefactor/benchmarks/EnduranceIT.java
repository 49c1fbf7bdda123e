package dev.twelvefactor.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dendurance.requests=3000000} is the long form. */
@Timeout(3600)
class EnduranceIT {
    private static final long REQUESTS = Long.getLong("endurance.requests", 96_000);

    @Test
    void keeps_its_memory_flat_and_loses_no_event(@TempDir Path directory) throws Exception {
        Endurance.Result result = Endurance.run(REQUESTS, directory);
        System.err.println(result);
        assertThat(result.status()).isZero();
        assertThat(result.events()).isEqualTo(result.requests());
        // What the first round has warmed up is enough for all others.
        assertThat(result.directBytes()).allSatisfy(bytes -> assertThat(bytes)
                .isLessThanOrEqualTo(result.directBytes().get(0) * 5 / 4));
    }
}
