package dev.twelvefactor.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Drestarts=50} is the long form. */
@Timeout(3600)
class RollingRestartIT {
    private static final int RESTARTS = Integer.getInteger("restarts", 5);

    @Test
    void loses_no_request_behind_a_proxy(@TempDir Path directory) throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/sbin/haproxy")), "HAProxy is not installed here");
        RollingRestart.Result result = RollingRestart.behindProxy(RESTARTS, directory);
        System.err.println("behind HAProxy: " + RollingRestart.shown(result));
        assertThat(result.load().failures()).isEmpty();
        assertThat(result.load().failed()).isZero();
        assertThat(result.handled()).isEqualTo(result.load().answered());
    }

    @Test
    void loses_no_request_that_it_has_read() throws Exception {
        RollingRestart.Result result = RollingRestart.direct(RESTARTS);
        System.err.println("without a proxy: " + RollingRestart.shown(result));
        assertThat(result.load().failures()).isEmpty();
        assertThat(result.load().failed()).isZero();
        assertThat(result.handled()).isEqualTo(result.load().answered());
    }
}
