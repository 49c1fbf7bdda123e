package dev.twelvefactor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.status.StatusManager;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.logstash.logback.encoder.LogstashEncoder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.spi.LoggingEventBuilder;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventLogTest {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Logger LOG = LoggerFactory.getLogger("test");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void write_to_memory() {
        EventLog.use(LogSettings.defaults(), Map.of("service", "shop", "release", "v7"), out);
    }

    @AfterEach
    void write_to_stdout_again() {
        MDC.clear();
        EventLog.use(LogSettings.defaults(), Map.of(), null);
    }

    private List<JsonNode> events() {
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text).endsWith("\n");
        return text.lines().map(STRICT::readTree).toList();
    }

    private JsonNode event() {
        List<JsonNode> events = events();
        assertThat(events).hasSize(1);
        return events.get(0);
    }

    private static final class Hostile {
        @Override
        public String toString() {
            throw new IllegalStateException("no");
        }
    }

    public static final class Bean {
        public String getPassword() {
            return "hunter2";
        }

        @Override
        public String toString() {
            return "Bean";
        }
    }

    @Test
    void writes_one_object_a_line_with_the_fields_of_the_contract() {
        MDC.put("request_id", "r1");
        LOG.atInfo()
                .addKeyValue("count", 3)
                .addKeyValue("ratio", 0.5)
                .addKeyValue("ok", true)
                .log("done {}", "well");
        JsonNode event = event();
        assertThat(event.propertyNames())
                .containsExactlyInAnyOrder(
                        "@timestamp",
                        "level",
                        "logger",
                        "thread",
                        "message",
                        "service",
                        "release",
                        "count",
                        "ratio",
                        "ok",
                        "request_id");
        assertThat(event.get("@timestamp").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z");
        assertThat(event.get("level").asString()).isEqualTo("INFO");
        assertThat(event.get("message").asString()).isEqualTo("done well");
        assertThat(event.get("count").isInt()).isTrue();
        assertThat(event.get("ratio").isDouble()).isTrue();
        assertThat(event.get("ok").asBoolean()).isTrue();
        assertThat(event.get("service").asString()).isEqualTo("shop");
    }

    @Test
    void keeps_untrusted_text_on_its_line_and_in_its_field() {
        String text = "a\nb\r\u0000\u001b[31m\"\\\u2028\ud800x";
        LOG.info("{}", text);
        assertThat(event().get("message").asString()).isEqualTo(text.replace('\ud800', '\uFFFD'));
    }

    @Test
    void lets_no_added_field_take_the_place_of_one_of_its_own() {
        MDC.put("level", "from the MDC");
        LOG.atInfo()
                .addKeyValue("level", "x")
                .addKeyValue("service", "y")
                .addKeyValue("a", 1)
                .addKeyValue("a", 2)
                .log("m");
        JsonNode event = event();
        assertThat(event.get("level").asString()).isEqualTo("INFO");
        assertThat(event.get("level_").asString()).isEqualTo("x");
        assertThat(event.get("level__").asString()).isEqualTo("from the MDC");
        assertThat(event.get("service_").asString()).isEqualTo("y");
        assertThat(event.get("a_").asInt()).isEqualTo(2);
    }

    @Test
    void survives_a_value_whose_text_cannot_be_had_and_shows_no_getters() {
        LOG.atInfo()
                .addKeyValue("bad", new Hostile())
                .addKeyValue("bean", new Bean())
                .log("m {}", new Hostile());
        JsonNode event = event();
        assertThat(event.get("bad").asString()).contains("toString() failed: java.lang.IllegalStateException");
        assertThat(event.get("bean").asString()).isEqualTo("Bean");
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("hunter2");
    }

    @Test
    void writes_the_root_cause_first_and_bounds_it() {
        Exception cyclic = new Exception("outer", new Exception("inner"));
        LOG.error("m", cyclic);
        String trace = event().get("stack_trace").asString();
        assertThat(trace).startsWith("java.lang.Exception: inner").contains("Wrapped by: java.lang.Exception: outer");
        out.reset();
        Exception deep = new Exception("x".repeat(100_000));
        for (int i = 0; i < 1000; i++) {
            deep = new Exception("level " + i, deep);
        }
        LOG.error("m", deep);
        assertThat(event().get("stack_trace").asString()).hasSizeLessThan(17_000);
    }

    @Test
    void cuts_a_message_of_a_megabyte_and_says_so() {
        LOG.info("x".repeat(1 << 20));
        assertThat(event().get("message").asString()).hasSizeLessThan(300_000).endsWith("… (1048576 characters)");
    }

    @Test
    void loses_and_tears_no_event_of_many_threads_while_its_settings_change() throws Exception {
        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(t -> new Thread(() -> IntStream.range(0, 2000)
                        .forEach(
                                i -> LOG.atInfo().addKeyValue("n", t * 2000 + i).log("m"))))
                .toList();
        threads.forEach(Thread::start);
        for (int i = 0; i < 50; i++) {
            EventLog.use(LogSettings.defaults(), Map.of("round", "r" + i), out);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        TreeSet<Integer> seen = new TreeSet<>();
        events().forEach(event -> seen.add(event.get("n").asInt()));
        assertThat(seen).hasSize(16_000);
    }

    @Test
    void sets_the_levels_that_it_is_told_and_takes_them_back() {
        EventLog.use(
                new LogSettings(
                        LogLevel.WARN,
                        Map.of("test", LogLevel.DEBUG),
                        LogFormat.JSON,
                        Map.of(),
                        List.of(),
                        Optional.empty()),
                Map.of(),
                out);
        LOG.debug("one");
        LoggerFactory.getLogger("other").info("two");
        EventLog.use(LogSettings.defaults(), Map.of(), out);
        LOG.debug("three");
        assertThat(events())
                .extracting(event -> event.get("message").asString())
                .containsExactly("one");
    }

    @Test
    void lets_nobody_turn_on_what_tells_passwords() {
        String telling = "io.lettuce.core.protocol.CommandEncoder";
        EventLog.use(
                new LogSettings(
                        LogLevel.TRACE,
                        Map.of(telling, LogLevel.TRACE),
                        LogFormat.JSON,
                        Map.of(),
                        List.of(),
                        Optional.empty()),
                Map.of(),
                out);
        EventLog.setLevel(telling, Optional.of(LogLevel.TRACE));
        assertThat(LoggerFactory.getLogger(telling).isTraceEnabled()).isFalse();
        LoggerFactory.getLogger(telling).atTrace().log("AUTH hunter2");
        LoggerFactory.getLogger(telling).debug("writing");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("writing").doesNotContain("hunter2");
    }

    @Test
    void writes_text_for_a_person() {
        EventLog.use(LogSettings.of(LogLevel.INFO, LogFormat.TEXT), Map.of("service", "shop"), out);
        LOG.atWarn().addKeyValue("user", "a\nb").log("two\nlines");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .matches(
                        "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  test               two\\\\u000alines  user=a\\\\u000ab\n");
    }

    @Test
    void goes_on_when_its_stream_is_closed() {
        EventLog.use(LogSettings.defaults(), Map.of(), new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        LOG.info("nobody reads this");
        EventLog.use(LogSettings.defaults(), Map.of(), out);
        LOG.info("this is read");
        assertThat(event().get("message").asString()).isEqualTo("this is read");
    }

    @Test
    void agrees_with_the_logstash_encoder_on_the_fields_that_both_write() {
        LogstashEncoder reference = new LogstashEncoder();
        reference.setTimeZone("UTC");
        reference.getFieldNames().setLogger("logger");
        reference.getFieldNames().setThread("thread");
        reference.getFieldNames().setVersion("[ignore]");
        reference.getFieldNames().setLevelValue("[ignore]");
        reference.start();
        ch.qos.logback.classic.Logger logger = (ch.qos.logback.classic.Logger) LOG;
        List<ILoggingEvent> seen = new ArrayList<>();
        AppenderBase<ILoggingEvent> recorder = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                seen.add(event);
            }
        };
        recorder.start();
        logger.addAppender(recorder);
        try {
            MDC.put("request_id", "r1");
            LOG.atWarn()
                    .addKeyValue("n", 7)
                    .addKeyValue("s", "ü\n\"")
                    .setCause(new Exception("x"))
                    .log("m {}", 1);
        } finally {
            logger.detachAppender(recorder);
        }
        JsonNode theirs = STRICT.readTree(reference.encode(seen.get(0)));
        JsonNode ours = event();
        for (String name : List.of("level", "logger", "thread", "message", "n", "s", "request_id")) {
            assertThat(ours.get(name)).as(name).isEqualTo(theirs.get(name));
        }
        assertThat(ours.has("stack_trace")).isEqualTo(theirs.has("stack_trace"));
        assertThat(Instant.parse(ours.get("@timestamp").asString()))
                .isEqualTo(OffsetDateTime.parse(theirs.get("@timestamp").asString())
                        .toInstant());
    }

    private static LogSettings settings(Map<String, String> renamed, List<String> dropped) {
        return new LogSettings(LogLevel.INFO, Map.of(), LogFormat.JSON, renamed, dropped, Optional.empty());
    }

    @Test
    void renames_and_drops_fields_its_own_and_added_ones() {
        EventLog.use(
                settings(Map.of("level", "severity", "n", "count"), List.of("thread", "noise")),
                Map.of("service", "shop"),
                out);
        LOG.atInfo()
                .addKeyValue("n", 1)
                .addKeyValue("noise", "x")
                .addKeyValue("severity", "mine")
                .addKeyValue("level", "free now")
                .log("m");
        JsonNode event = event();
        assertThat(event.propertyNames())
                .containsExactly(
                        "@timestamp", "severity", "logger", "message", "service", "count", "severity_", "severity__");
        assertThat(event.get("severity").asString()).isEqualTo("INFO");
    }

    @Test
    void stays_an_object_when_every_field_is_dropped() {
        EventLog.use(settings(Map.of(), List.of("@timestamp", "level", "logger", "thread", "message")), Map.of(), out);
        LOG.info("m");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{}\n");
    }

    private static final class Unspeakable extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message for you");
        }
    }

    @Test
    void logs_an_exception_that_cannot_tell_its_message_by_every_way_to_log_it() {
        LOG.error("one", new Unspeakable());
        LOG.error("two {}", 2, new RuntimeException("outer", new Unspeakable()));
        LOG.atError().setCause(new Unspeakable()).log("three");
        LOG.atError().log("four {}", 4, new Unspeakable());
        LOG.atError().addArgument(5).addArgument(new Unspeakable()).log("five {}");
        assertThat(events())
                .extracting(event -> event.get("message").asString())
                .containsExactly("one", "two 2", "three", "four 4", "five 5");
        assertThat(events())
                .allSatisfy(event -> assertThat(event.get("stack_trace").asString())
                        .contains("Unspeakable [its message cannot be had: java.lang.IllegalStateException]")
                        .contains("EventLogTest"));
    }

    @Test
    void logs_an_exception_with_more_causes_than_the_stack_has_room_for() {
        Throwable deep = new Exception("the root");
        for (int i = 0; i < 20_000; i++) {
            deep = new Exception("level " + i, deep);
        }
        LOG.error("m", deep);
        assertThat(event().get("stack_trace").asString())
                .contains("java.lang.Exception: the root", "more causes")
                .hasSizeLessThan(17_000);
    }

    @Test
    void logs_a_cycle_of_causes_and_suppressed_exceptions_once() {
        Exception one = new Exception("one");
        Exception two = new Exception("two", one);
        one.initCause(two);
        two.addSuppressed(one);
        LOG.error("m", two);
        assertThat(event().get("stack_trace").asString()).contains("one", "two").hasSizeLessThan(17_000);
    }

    @Test
    void writes_an_event_within_an_event() {
        LOG.info("outer {}", new Object() {
            @Override
            public String toString() {
                LOG.info("inner");
                return "done";
            }
        });
        assertThat(events())
                .extracting(event -> event.get("message").asString())
                .containsExactly("inner", "outer done");
    }

    @Test
    void tells_numbers_as_numbers_and_what_is_none_as_text() {
        LOG.atInfo()
                .addKeyValue("least", Long.MIN_VALUE)
                .addKeyValue("zero", 0)
                .addKeyValue("most", Integer.MAX_VALUE)
                .addKeyValue("nan", Double.NaN)
                .addKeyValue("tiny", 1e-300)
                .addKeyValue("exact", new BigDecimal("12345678901234567890.123"))
                .addKeyValue("huge", new BigDecimal("1e100000").toBigInteger())
                .log("m");
        JsonNode event = event();
        assertThat(event.get("least").asLong()).isEqualTo(Long.MIN_VALUE);
        assertThat(event.get("zero").asInt()).isZero();
        assertThat(event.get("most").asInt()).isEqualTo(Integer.MAX_VALUE);
        assertThat(event.get("nan").asString()).isEqualTo("NaN");
        assertThat(event.get("tiny").asDouble()).isEqualTo(1e-300);
        assertThat(event.get("exact").isNumber()).isTrue();
        assertThat(event.get("huge").isString()).isTrue();
    }

    @Test
    void writes_each_second_as_the_clock_shows_it() {
        JsonEncoder encoder = new JsonEncoder(new FieldNames(LogSettings.defaults()), Map.of());
        for (String time : List.of(
                "2026-11-21T00:00:00.000000001Z",
                "2026-11-21T00:00:59.999999999Z",
                "2026-11-21T00:01:00Z",
                "1999-12-31T23:59:00.5Z")) {
            LoggingEvent event = new LoggingEvent();
            event.setInstant(Instant.parse(time));
            event.setLevel(Level.INFO);
            event.setLoggerName("x");
            event.setMessage("m");
            event.setMDCPropertyMap(Map.of());
            LineBuffer line = new LineBuffer();
            encoder.encode(event, line);
            JsonNode written = STRICT.readTree(new String(line.bytes(), 0, line.length(), StandardCharsets.UTF_8));
            assertThat(written.get("@timestamp").asString())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z");
            assertThat(Instant.parse(written.get("@timestamp").asString())).isEqualTo(Instant.parse(time));
        }
    }

    @Test
    void escapes_as_jackson_reads_it_whatever_the_text() {
        Random random = new Random(11);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(400); length > 0; length--) {
                int kind = random.nextInt(8);
                text.appendCodePoint(
                        kind < 4 ? 32 + random.nextInt(95) : kind < 6 ? random.nextInt(256) : random.nextInt(0x110000));
            }
            out.reset();
            LOG.info("{}", text);
            String expected =
                    new String(text.toString().getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
            assertThat(event().get("message").asString()).isEqualTo(expected);
        }
    }

    @Test
    void colours_text_for_a_terminal_and_for_nothing_else() {
        LoggingEvent event = new LoggingEvent();
        event.setInstant(Instant.EPOCH);
        event.setLevel(Level.WARN);
        event.setLoggerName("dev.twelvefactor.shop.Orders");
        event.setMessage("\u001b[2Jcleared?");
        event.setMDCPropertyMap(Map.of("trace_id", "left out", "user", "alice"));
        LineBuffer line = new LineBuffer();
        new TextEncoder(true).encode(event, line);
        assertThat(new String(line.bytes(), 0, line.length(), StandardCharsets.UTF_8))
                .contains("\u001b[33mWARN \u001b[0m", "Orders", "\\u001b[2Jcleared?", "alice")
                .doesNotContain("left out", "\u001b[2J");
        LineBuffer plain = new LineBuffer();
        new TextEncoder(false).encode(event, plain);
        assertThat(new String(plain.bytes(), 0, plain.length(), StandardCharsets.UTF_8))
                .matches("[0-9:.]{12} WARN  Orders             \\\\u001b\\[2Jcleared\\?  user=alice\n");
    }

    @Test
    void changes_levels_while_it_runs() {
        EventLog.setLevel("test", Optional.of(LogLevel.DEBUG));
        LOG.debug("one");
        assertThat(EventLog.levels()).containsEntry("test", LogLevel.DEBUG).containsEntry("ROOT", LogLevel.INFO);
        EventLog.setLevel("test", Optional.empty());
        LOG.debug("two");
        EventLog.setLevel("root", Optional.of(LogLevel.ERROR));
        LOG.info("three");
        EventLog.setLevel("ROOT", Optional.empty());
        LOG.info("four");
        assertThat(events())
                .extracting(event -> event.get("message").asString())
                .containsExactly("one", "four");
    }

    @Test
    void makes_no_logger_for_a_name_that_somebody_invents() {
        assertThat(EventLog.setLevel("invented.by.a.client", Optional.of(LogLevel.DEBUG)))
                .isFalse();
        assertThat(EventLog.loggers()).contains("ROOT", "test").doesNotContain("invented.by.a.client", "invented");
    }

    @Test
    void writes_what_operators_do_whatever_level_was_set() {
        EventLog.setLevel("ROOT", Optional.of(LogLevel.OFF));
        assertThat(EventLog.setLevel(EventLog.MANAGEMENT, Optional.of(LogLevel.OFF)))
                .isFalse();
        LoggerFactory.getLogger(EventLog.MANAGEMENT).info("a thread dump is taken");
        EventLog.setLevel("ROOT", Optional.empty());
        assertThat(events())
                .extracting(event -> event.get("message").asString())
                .containsExactly("a thread dump is taken");
        assertThat(EventLog.levels()).doesNotContainKey(EventLog.MANAGEMENT);
        assertThat(EventLog.loggers()).doesNotContain(EventLog.MANAGEMENT);
    }

    private static final class Traceless extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException("no trace for you");
        }
    }

    /** Each time another cause. */
    private static final class Endless extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable getCause() {
            return new Endless();
        }
    }

    @Test
    void logs_an_exception_that_tells_nothing_as_it_should() {
        LOG.error("one", new Traceless());
        LOG.error("two", new Endless());
        Exception deep = new Exception("root");
        for (int i = 0; i < 200; i++) {
            deep = new Exception("level " + i, deep);
        }
        LOG.error("three {}", (Object[]) new Exception[] {deep});
        Exception batch = new Exception("batch");
        for (int i = 0; i < 150; i++) {
            batch.addSuppressed(new IOException("part " + i));
        }
        LOG.error("four", batch);
        assertThat(events())
                .extracting(event -> event.get("message").asString().substring(0, 3))
                .containsExactly("one", "two", "thr", "fou");
        assertThat(event(3).get("stack_trace").asString()).contains("part 0");
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("ThrowableGuard$Copy");
    }

    private JsonNode event(int index) {
        return events().get(index);
    }

    @Test
    void has_each_name_once_however_it_comes_about() {
        EventLog.use(
                settings(Map.of("level", "message", "service", "logger"), List.of()), Map.of("service", "shop"), out);
        LOG.atInfo()
                .addKeyValue("a\ud800", 1)
                .addKeyValue("a\ud801", 2)
                .addKeyValue("k".repeat(300) + "1", 3)
                .addKeyValue("k".repeat(300) + "2", 4)
                .log("m");
        assertThat(event().get("message").asString()).isEqualTo("INFO");
        assertThat(event().get("message_").asString()).isEqualTo("m");
        assertThat(event().get("logger_").asString()).isEqualTo("shop");
    }

    @Test
    void leaves_out_what_wants_the_same_name_too_often_and_what_is_too_much() {
        LoggingEventBuilder same = LOG.atInfo();
        for (int i = 0; i < 5_000; i++) {
            same = same.addKeyValue("k", i);
        }
        same.log("m");
        assertThat(event().size()).isLessThan(30);
        out.reset();
        LoggingEventBuilder large = LOG.atInfo();
        for (int i = 0; i < 20; i++) {
            large = large.addKeyValue("k" + i, "x".repeat(200_000));
        }
        large.log("m");
        assertThat(out.size()).isLessThan(1_500_000);
        assertThat(event().get("message").asString()).isEqualTo("m");
    }

    @Test
    void cuts_long_texts_between_characters() {
        String face = "\ud83d\ude00";
        LOG.atInfo().addKeyValue("x" + face.repeat(AddedNames.LONGEST), "named").log("x" + face.repeat(200_000));
        JsonNode event = event();
        assertThat(event.get("message").asString())
                .isEqualTo("x" + face.repeat(131_071) + "\u2026 (400001 characters)");
        assertThat(event.get("x" + face.repeat(127)).asString()).isEqualTo("named");
        out.reset();
        EventLog.use(LogSettings.of(LogLevel.INFO, LogFormat.TEXT), Map.of(), out);
        LOG.info("x" + face.repeat(10_000));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("x" + face.repeat(8191) + "\u2026 (20001 characters)");
    }

    @Test
    void writes_events_without_an_identity_that_cannot_be_had() {
        EventLog.use(
                LogSettings.defaults(),
                () -> {
                    throw new IllegalStateException("no");
                },
                out);
        LOG.info("one");
        LOG.info("two");
        assertThat(events())
                .extracting(event -> event.get("message").asString())
                .containsExactly("one", "two");
    }

    @Test
    void ends_a_capture_while_an_event_is_on_its_way_to_it() {
        ByteArrayOutputStream second = new ByteArrayOutputStream();
        List<Capture> toClose = new ArrayList<>();
        OutputStream closing = new OutputStream() {
            @Override
            public void write(int b) {
                toClose.forEach(Capture::close);
            }
        };
        StatusManager statuses = Objects.requireNonNull(EventLog.context()).getStatusManager();
        int before = statuses.getCount();
        try (Capture first = EventLog.capture(LogSettings.defaults(), Map::of, closing);
                Capture other = EventLog.capture(LogSettings.defaults(), Map::of, second)) {
            toClose.add(other);
            LOG.info("one");
            assertThat(first).isNotNull();
        }
        assertThat(second.toString(StandardCharsets.UTF_8)).contains("\"message\":\"one\"");
        assertThat(statuses.getCount()).as("warnings of logback on stderr").isEqualTo(before);
    }
}
