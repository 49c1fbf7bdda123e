package dev.twelvefactor.admin;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** What a task shows, as events. */
record EventOutput(Clock clock) implements TaskOutput {
    private static final Logger LOG = LoggerFactory.getLogger(TaskOutput.class);
    private static final Duration BETWEEN_EVENTS = Duration.ofSeconds(10);

    @Override
    public void text(String text) {
        LOG.info("{}", text);
    }

    @Override
    public void table(String title, List<String> headings, List<? extends List<?>> rows) {
        for (List<?> row : rows) {
            LoggingEventBuilder event = LOG.atInfo();
            // A row that does not fit its headings is no reason to end a task half done.
            for (int i = 0; i < row.size(); i++) {
                event = event.addKeyValue(i < headings.size() ? headings.get(i) : "column_" + (i + 1), row.get(i));
            }
            event.log("{}", title);
        }
    }

    @Override
    public Progress progress(String what, long total) {
        return new Paced(clock, BETWEEN_EVENTS, total, (done, last) -> LOG.atInfo()
                .addKeyValue("done", done)
                .addKeyValue("total", total)
                .log("{}: {} of {}", what, done, total));
    }
}
