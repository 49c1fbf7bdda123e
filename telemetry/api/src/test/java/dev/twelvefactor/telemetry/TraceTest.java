package dev.twelvefactor.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class TraceTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final Map<String, String> headers = new HashMap<>();

    private Trace received() {
        return Trace.of(headers::get);
    }

    @AfterEach
    void nothing_is_left_on_the_thread() {
        assertThat(Trace.current()).isEmpty();
        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    @Test
    void begins_with_ids_of_its_own_when_nothing_came() {
        Trace trace = received();
        assertThat(trace.traceId()).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));
        assertThat(trace.spanId()).matches("[0-9a-f]{16}").isNotEqualTo("0".repeat(16));
        assertThat(trace.requestId()).isEqualTo(trace.traceId());
        assertThat(trace.sampled()).isFalse();
        assertThat(trace.traceId()).isNotEqualTo(received().traceId());
    }

    @Test
    void continues_what_came_and_passes_it_on_as_its_child() {
        headers.put("traceparent", PARENT);
        headers.put("tracestate", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
        headers.put("baggage", "user=al%20ice;prop=1, tier = gold");
        headers.put("X-Request-Id", "7f-1");
        Trace child = received().child();
        assertThat(child.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(child.spanId()).matches("[0-9a-f]{16}").isNotEqualTo("00f067aa0ba902b7");
        assertThat(child.baggage()).containsOnly(Map.entry("user", "al ice"), Map.entry("tier", "gold"));
        assertThat(child.headers())
                .containsExactly(
                        Map.entry("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-" + child.spanId() + "-01"),
                        Map.entry("tracestate", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"),
                        Map.entry("baggage", "user=al%20ice;prop=1,tier = gold"),
                        Map.entry("X-Request-Id", "7f-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
                "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
                "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01,00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            })
    void begins_anew_and_drops_the_state_behind_a_parent_that_is_not_well_formed(String parent) {
        headers.put("traceparent", parent);
        headers.put("tracestate", "congo=t61rcWkgMzE");
        assertThat(received().traceId()).isNotEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(received().state()).isEmpty();
    }

    @Test
    void understands_what_it_can_of_a_later_version() {
        headers.put("traceparent", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-brings");
        assertThat(received().traceParent()).isEqualTo(PARENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\nb", "\"", "<script>", "é", "-rf"})
    void takes_no_request_id_that_could_be_mistaken_for_something_else(String id) {
        headers.put("X-Request-Id", id);
        assertThat(received().requestId()).matches("[0-9a-f]{32}");
        headers.put("X-Request-Id", "x".repeat(129));
        assertThat(received().requestId()).matches("[0-9a-f]{32}");
    }

    @Test
    void bounds_baggage_and_leaves_out_what_is_not_well_formed() {
        headers.put("baggage", "a=1,b,c=%zz,d=%ff,=e,f=\"g\",h=1");
        assertThat(received().baggage()).containsOnly(Map.entry("a", "1"), Map.entry("h", "1"));
        assertThat(received().headers()).containsEntry("baggage", "a=1,h=1");
        headers.put("baggage", "a=" + "x".repeat(9000));
        assertThat(received().baggage()).isEmpty();
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            many.append(i == 0 ? "" : ",").append('k').append(i).append("=v");
        }
        headers.put("baggage", many.toString());
        assertThat(received().baggage()).hasSize(64);
        headers.put("baggage", "a=1,".repeat(200));
        assertThat(received().headers()).containsEntry("baggage", "a=1,".repeat(63) + "a=1");
        headers.put("baggage", "a \t=\t ;p=1 , b= c ,d = e");
        assertThat(received().baggage()).containsOnly(Map.entry("a", ""), Map.entry("b", "c"), Map.entry("d", "e"));
    }

    @Test
    void is_in_the_log_of_its_thread_until_it_is_closed_and_what_was_there_before_is_back() {
        Trace outer = Trace.begin();
        try (Trace.Scope unused = outer.open()) {
            MDC.put("user", "alice");
            Trace inner = outer.child();
            try (Trace.Scope alsoUnused = inner.open()) {
                MDC.put("step", "2");
                assertThat(Trace.current()).containsSame(inner);
                assertThat(MDC.get("span_id")).isEqualTo(inner.spanId());
            }
            assertThat(Trace.current()).containsSame(outer);
            assertThat(MDC.getCopyOfContextMap())
                    .containsOnly(
                            Map.entry("trace_id", outer.traceId()),
                            Map.entry("span_id", outer.spanId()),
                            Map.entry("request_id", outer.requestId()),
                            Map.entry("user", "alice"));
        }
    }

    @Test
    void follows_into_a_pool_and_leaves_its_threads_as_they_were() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            ExecutorService pool = Trace.carrying(one);
            Trace trace = Trace.begin();
            try (Trace.Scope unused = trace.open()) {
                assertThat(pool.submit(Trace::current).get()).containsSame(trace);
                assertThat(pool.submit(() -> MDC.get("trace_id")).get()).isEqualTo(trace.traceId());
            }
            assertThat(pool.submit(Trace::current).get()).isEmpty();
            assertThat(one.submit(() -> Optional.ofNullable(MDC.get("trace_id")))
                            .get())
                    .isEmpty();
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void goes_along_with_a_call() {
        Trace trace = Trace.begin();
        URI uri = URI.create("http://localhost/");
        try (Trace.Scope unused = trace.open()) {
            HttpRequest call = Trace.onto(HttpRequest.newBuilder(uri)).build();
            assertThat(call.headers().firstValue("traceparent")).contains(trace.traceParent());
            assertThat(call.headers().firstValue("X-Request-Id")).contains(trace.requestId());
        }
        assertThat(Trace.onto(HttpRequest.newBuilder(uri)).build().headers().map())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo =1", "Foo=1", "nonsense", "foo=1,foo=2", "a=b=c", "a=1,", "é=1"})
    void drops_a_state_that_is_not_well_formed_whole(String state) {
        headers.put("traceparent", PARENT);
        headers.put("tracestate", state);
        assertThat(received().state()).isEqualTo(state.equals("a=1,") ? "a=1" : "");
    }

    @Test
    void gives_a_thread_back_what_it_had_in_its_log_before() {
        MDC.put("worker", "w1");
        try (Trace.Scope unused = Trace.begin().open()) {
            MDC.put("step", "2");
        }
        assertThat(MDC.getCopyOfContextMap()).containsOnly(Map.entry("worker", "w1"));
        MDC.clear();
    }
}
