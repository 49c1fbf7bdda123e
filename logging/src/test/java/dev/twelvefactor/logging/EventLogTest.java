package dev.twelvefactor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.logstash.logback.encoder.LogstashEncoder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
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
}
