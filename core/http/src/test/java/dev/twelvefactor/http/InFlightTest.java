package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private final InFlight inFlight = new InFlight(EnvConfig.bind(HttpSettings.class, Environment.of(Map.of())));

    @Test
    void has_room_for_bodies_up_to_a_quarter_of_the_heap() {
        long quarter = Runtime.getRuntime().maxMemory() / 4;
        int piece = 1 << 20;
        long reserved = 0;
        while (inFlight.reserve(piece)) {
            reserved += piece;
        }
        assertThat(reserved).isBetween(quarter - piece, quarter);
        inFlight.release(piece);
        assertThat(inFlight.reserve(piece)).isTrue();
    }
}
