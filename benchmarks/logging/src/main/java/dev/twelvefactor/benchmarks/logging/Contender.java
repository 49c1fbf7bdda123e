package dev.twelvefactor.benchmarks.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.twelvefactor.logging.EventLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import net.logstash.logback.encoder.LogstashEncoder;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender.Target;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

/** A way to write JSON events on stdout, set up as its manual says. Each writes the same event: three ids, three arguments. */
enum Contender {
    /** Ours, which is set up by being there. */
    OURS {
        @Override
        void setUp() {}

        @Override
        void finish() {
            if (!EventLog.flush(Duration.ofMinutes(1))) {
                throw new IllegalStateException("the log has not been written");
            }
        }
    },
    /** The logstash encoder on logback's console appender, each event flushed: the usual set-up. */
    LOGSTASH_SYNCHRONOUS {
        @Override
        void setUp() {
            use(console(new LogstashEncoder(), true));
        }
    },
    /** The same without the flush: events wait in a buffer until it is full. */
    LOGSTASH_UNFLUSHED {
        @Override
        void setUp() {
            use(console(new LogstashEncoder(), false));
        }
    },
    /** The same behind logback's asynchronous appender, which drops events below WARN when its queue fills up. */
    LOGSTASH_ASYNCHRONOUS {
        @Override
        void setUp() {
            AsyncAppender behind = new AsyncAppender();
            behind.setContext(context());
            behind.addAppender(console(new LogstashEncoder(), true));
            behind.setMaxFlushTime(60_000);
            behind.start();
            use(behind);
        }
    },
    /** Log4j 2, all loggers asynchronous, with its JSON template layout. */
    LOG4J_ASYNCHRONOUS {
        private org.apache.logging.log4j.@Nullable Logger log;

        @Override
        void setUp() {
            System.setProperty(
                    "log4j2.contextSelector", "org.apache.logging.log4j.core.async.AsyncLoggerContextSelector");
            var builder = ConfigurationBuilderFactory.newConfigurationBuilder();
            builder.add(builder.newAppender("stdout", "Console")
                    .addAttribute("target", Target.SYSTEM_OUT)
                    .add(builder.newLayout("JsonTemplateLayout")
                            .addAttribute("eventTemplateUri", "classpath:LogstashJsonEventLayoutV1.json")));
            builder.add(
                    builder.newRootLogger(org.apache.logging.log4j.Level.INFO).add(builder.newAppenderRef("stdout")));
            Configurator.initialize(builder.build());
            log = LogManager.getLogger("shop.orders");
        }

        @Override
        void identify(String traceId, String spanId, String requestId) {
            ThreadContext.put("trace_id", traceId);
            ThreadContext.put("span_id", spanId);
            ThreadContext.put("request_id", requestId);
        }

        @Override
        void log(int order, String customer, int items) {
            Objects.requireNonNull(log).info("order {} of {} was placed, {} items", order, customer, items);
        }

        @Override
        void finish() {
            LogManager.shutdown();
        }
    },
    /** Spring Boot's structured logging, in the logstash format. */
    SPRING_BOOT {
        @Override
        void setUp() {
            context().putObject(Environment.class.getName(), new StandardEnvironment());
            StructuredLogEncoder encoder = new StructuredLogEncoder();
            encoder.setFormat("logstash");
            encoder.setCharset(StandardCharsets.UTF_8);
            use(console(encoder, true));
        }
    };

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger("shop.orders");

    abstract void setUp();

    void identify(String traceId, String spanId, String requestId) {
        MDC.put("trace_id", traceId);
        MDC.put("span_id", spanId);
        MDC.put("request_id", requestId);
    }

    void log(int order, String customer, int items) {
        LOG.info("order {} of {} was placed, {} items", order, customer, items);
    }

    /** Waits until all that will be written is written. */
    void finish() {
        context().stop();
    }

    static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    static Appender<ILoggingEvent> console(Encoder<ILoggingEvent> encoder, boolean flushed) {
        encoder.setContext(context());
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context());
        console.setEncoder(encoder);
        console.setImmediateFlush(flushed);
        console.start();
        return console;
    }

    static void use(Appender<ILoggingEvent> appender) {
        var root = context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.setLevel(Level.INFO);
        root.addAppender(appender);
    }
}
