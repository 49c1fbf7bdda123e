package dev.twelvefactor.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code -Dslow.clients=5000 -Dslow.rounds=3} is the long form; it wants 13,000 file descriptors. */
@Timeout(600)
class SlowClientsIT {
    private static final int SLOW = Integer.getInteger("slow.clients", 500);
    private static final int ROUNDS = Integer.getInteger("slow.rounds", 1);

    @Test
    void answers_others_while_slow_clients_drip() throws Exception {
        List<String> shown = SlowClients.run(SLOW, SLOW / 5, ROUNDS);
        System.err.println(SLOW + " slow clients: " + shown);
        assertThat(shown).last().isEqualTo("status  0");
    }
}
