package dev.twelvefactor.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenLoopTest {
    private static final byte[] REQUEST = RunningApp.request("GET", "/text", "", "");

    @Test
    void a_stall_shows_in_all_requests_that_fell_due_in_it() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        try (StandIn server = StandIn.start(0, request -> {
            if (answered.incrementAndGet() == 100) {
                Thread.sleep(300);
            }
            return StandIn.text("Hello, World!");
        })) {
            // Two connections, both of one thread: a closed loop would send two requests into the stall, of 400.
            OpenLoop.Result result = OpenLoop.run(address(server), REQUEST, 200, Duration.ofSeconds(2), 2);
            assertThat(result.latency().getTotalCount()).isEqualTo(400);
            assertThat(result.millisAt(100)).isGreaterThan(290);
            assertThat(result.millisAt(99.9)).isGreaterThan(290);
            assertThat(result.millisAt(99)).isGreaterThan(200);
            // 60 fell due in the 300 ms: half of them waited for more than half of it.
            assertThat(result.latency().getCountBetweenValues(150_000_000, Long.MAX_VALUE / 2))
                    .isBetween(25L, 60L);
        }
    }

    @Test
    void a_wrong_answer_ends_the_load() throws Exception {
        try (StandIn server = StandIn.start(0, request -> "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")) {
            assertThatThrownBy(() -> OpenLoop.run(address(server), REQUEST, 100, Duration.ofSeconds(1), 2))
                    .hasMessageStartingWith("a load with wrong answers has no figure: HTTP/1.1 500 Oops");
        }
    }

    private static InetSocketAddress address(StandIn server) throws IOException {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    @Test
    void a_request_has_its_length_in_bytes() {
        assertThat(new String(
                        RunningApp.request("POST", "/orders/42", "Cookie: a=b\r\n", "\"é\""), StandardCharsets.UTF_8))
                .isEqualTo(
                        "POST /orders/42 HTTP/1.1\r\nHost: www.example.org\r\nCookie: a=b\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n\"é\"");
    }
}
