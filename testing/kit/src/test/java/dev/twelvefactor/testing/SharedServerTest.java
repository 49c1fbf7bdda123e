package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

class SharedServerTest {
    private static final AtomicInteger STARTED = new AtomicInteger();
    private static final AtomicInteger STOPPED = new AtomicInteger();

    private record Server() implements TestServer {
        @Override
        public String url() {
            return "fake://h";
        }

        @Override
        public String description() {
            return "a server that is one only in name";
        }

        @Override
        public void close() {
            STOPPED.incrementAndGet();
        }
    }

    static final class There extends SharedServer<Server> {
        There() {
            super(Server.class, () -> {
                STARTED.incrementAndGet();
                return new Server();
            });
        }
    }

    static final class Missing extends SharedServer<Server> {
        Missing() {
            super(Server.class, () -> {
                STARTED.incrementAndGet();
                throw new ServerUnavailableException("Fake cannot be started here: no", new Exception("no"));
            });
        }
    }

    @ExtendWith(There.class)
    static final class UsesOneThatIsThere {
        @Test
        void first(Server server) {
            assertThat(server.url()).isEqualTo("fake://h");
        }

        @Test
        void second(Server server) {
            assertThat(STOPPED).hasValue(0);
        }
    }

    @ExtendWith(Missing.class)
    static final class UsesOneThatIsMissing {
        @Test
        void first(Server server) {
            assertThat(server).as("what must not run").isNull();
        }
    }

    @ExtendWith(Missing.class)
    static final class UsesItToo {
        @Test
        void second(Server server) {
            assertThat(server).as("what must not run").isNull();
        }
    }

    private static EngineExecutionResults run(Class<?>... classes) {
        STARTED.set(0);
        STOPPED.set(0);
        EngineTestKit.Builder kit = EngineTestKit.engine("junit-jupiter");
        for (Class<?> c : classes) {
            kit.selectors(selectClass(c));
        }
        return kit.execute();
    }

    @Test
    void starts_one_for_all_tests_and_stops_it_after_the_last() {
        EngineExecutionResults results = run(UsesOneThatIsThere.class);
        results.testEvents().assertStatistics(counts -> counts.succeeded(2).failed(0));
        assertThat(STARTED).hasValue(1);
        assertThat(STOPPED).hasValue(1);
    }

    @Test
    void skips_every_test_by_the_reason_after_one_attempt() {
        EngineExecutionResults results = run(UsesOneThatIsMissing.class, UsesItToo.class);
        assertThat(results.containerEvents().skipped().stream().map(event -> event.getRequiredPayload(String.class)))
                .containsExactly("Fake cannot be started here: no", "Fake cannot be started here: no");
        assertThat(results.testEvents().stream().map(Event::getType)).isEmpty();
        assertThat(STARTED).hasValue(1);
        assertThat(STOPPED).hasValue(0);
    }
}
