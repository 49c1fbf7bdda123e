package dev.twelvefactor.app;

import dev.twelvefactor.admin.ConsoleOptions;
import dev.twelvefactor.config.EnvConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Who runs which task, and with what outcome. It exists as soon as the log does, so that a run that never began has its event too.
 *
 * @param task the task's name
 * @param actor who runs it
 * @param arguments what was given, by option, without secrets
 * @param begun {@link System#nanoTime} of the beginning
 */
record Audit(String task, String actor, Map<String, String> arguments, long begun) {
    private static final Logger AUDIT = LoggerFactory.getLogger("dev.twelvefactor.audit");

    /** Empty if the command is not a task. */
    static <S extends Record> Optional<Audit> of(Command<S> command, EnvConfig config) {
        if (command instanceof Command.Admin<S> admin) {
            return Optional.of(of(admin.task().name(), admin.ready().arguments(), config));
        }
        return command instanceof Command.Standing<S> standing && standing.options() instanceof ConsoleOptions options
                ? Optional.of(of(standing.task().title(), AppConsole.arguments(options), config))
                : Optional.empty();
    }

    private static Audit of(String task, Map<String, String> arguments, EnvConfig config) {
        String actor = config.find(Standard.class)
                .flatMap(Standard::adminActor)
                .orElseGet(() -> System.getProperty("user.name", "unknown"));
        return new Audit(task, actor, arguments, System.nanoTime());
    }

    /** The event. */
    void ended(Outcome outcome) {
        LoggingEventBuilder event = AUDIT.atInfo()
                .addKeyValue("task", task)
                .addKeyValue("actor", actor)
                .addKeyValue(
                        "arguments",
                        arguments.entrySet().stream()
                                .map(argument -> argument.getKey() + "=" + argument.getValue())
                                .collect(Collectors.joining(" ")))
                .addKeyValue("outcome", outcome.word());
        if (outcome.isStatusKnown()) {
            event = event.addKeyValue("status", outcome.status());
        }
        event.addKeyValue(
                        "duration_ms",
                        Duration.ofNanos(System.nanoTime() - begun).toMillis())
                .log("the task {} has ended: {}", task, outcome.word());
    }
}
