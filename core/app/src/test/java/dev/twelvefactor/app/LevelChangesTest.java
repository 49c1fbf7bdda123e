package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.logging.EventLog;
import dev.twelvefactor.logging.LogFormat;
import dev.twelvefactor.logging.LogLevel;
import dev.twelvefactor.logging.LogSettings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LevelChangesTest {
    private static final String LOGGER = "shop.orders";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Due> timers = new ArrayList<>();
    private final LevelChanges changes = new LevelChanges(() -> Instant.parse("2026-12-01T03:00:00Z"), this::later);
    private AutoCloseable capture = () -> {};

    private record Due(Duration time, FutureTask<?> task) {}

    private Future<?> later(Duration time, Runnable task) {
        FutureTask<?> later = new FutureTask<>(task, null);
        timers.add(new Due(time, later));
        return later;
    }

    @BeforeEach
    void captureEvents() {
        LoggerFactory.getLogger(LOGGER);
        capture = EventLog.capture(LogSettings.of(LogLevel.OFF, LogFormat.JSON), Map::of, out);
    }

    @AfterEach
    void release() throws Exception {
        capture.close();
    }

    private List<String> events() {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.substring(line.indexOf("\"message\"")))
                .toList();
    }

    private static Optional<LogLevel> level(String logger) {
        return Optional.ofNullable(EventLog.levels().get(logger));
    }

    @Test
    void reverts_to_the_level_before_when_the_time_is_over() {
        changes.change(LOGGER, LogLevel.DEBUG, Duration.ofMinutes(10), "10.0.0.8");
        assertThat(level(LOGGER)).contains(LogLevel.DEBUG);
        assertThat(timers).extracting(Due::time).containsExactly(Duration.ofMinutes(10));
        timers.get(0).task().run();
        assertThat(level(LOGGER)).isEmpty();
        assertThat(changes.current()).isEmpty();
    }

    @Test
    void cannot_hide_its_own_event_even_where_all_events_are_off() {
        changes.change("ROOT", LogLevel.OFF, Duration.ofMinutes(10), "10.0.0.8");
        changes.revert("ROOT", "asked by 10.0.0.9");
        assertThat(events())
                .containsExactly(
                        "\"message\":\"the level of a logger is changed\",\"changed_logger\":\"ROOT\",\"changed_level\":\"off\",\"until\":\"2026-12-01T03:10:00Z\",\"remote_address\":\"10.0.0.8\"}",
                        "\"message\":\"the level of a logger reverts\",\"changed_logger\":\"ROOT\",\"changed_level\":\"off\",\"cause\":\"asked by 10.0.0.9\"}");
    }

    @Test
    void reverts_only_the_last_of_two_changes_and_to_the_level_before_both() {
        EventLog.setLevel(LOGGER, Optional.of(LogLevel.WARN));
        changes.change(LOGGER, LogLevel.DEBUG, Duration.ofMinutes(1), "10.0.0.8");
        changes.change(LOGGER, LogLevel.TRACE, Duration.ofMinutes(9), "10.0.0.8");
        timers.get(0).task().run();
        assertThat(level(LOGGER)).contains(LogLevel.TRACE);
        timers.get(1).task().run();
        assertThat(level(LOGGER)).contains(LogLevel.WARN);
    }

    @Test
    void keeps_no_timer_of_a_change_that_was_replaced_or_reverted() {
        for (int i = 0; i < 3; i++) {
            changes.change(LOGGER, LogLevel.DEBUG, Duration.ofHours(24), "10.0.0.8");
        }
        assertThat(timers).extracting(due -> due.task().isCancelled()).containsExactly(true, true, false);
        changes.revert(LOGGER, "asked by 10.0.0.8");
        assertThat(timers).extracting(due -> due.task().isCancelled()).containsExactly(true, true, true);
    }

    @Test
    void leaves_a_logger_alone_that_was_not_changed() {
        EventLog.setLevel(LOGGER, Optional.of(LogLevel.WARN));
        changes.revert(LOGGER, "asked by 10.0.0.8");
        assertThat(level(LOGGER)).contains(LogLevel.WARN);
        assertThat(events()).isEmpty();
    }
}
