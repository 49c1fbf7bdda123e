package dev.twelvefactor.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.util.DefaultJoranConfigurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import java.util.List;
import java.util.Map;

/**
 * What logback finds by itself and asks to configure it: JSON events on stdout, set by the variables of {@link LogSettings}, without XML. It
 * gives way to a {@code logback.xml}, {@code logback-test.xml} or {@code -Dlogback.configurationFile} of the app.
 *
 * <p>It has no rank: services come before logback's own ways anyhow, and to read the annotation takes longer than the first event.
 */
public final class EventStreamConfigurator extends ContextAwareBase implements Configurator {
    /** For the service loader. */
    public EventStreamConfigurator() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        // Logback asks every service before it looks for files of its own, so this has to look for them first.
        if (hasFile()) {
            DefaultJoranConfigurator files = new DefaultJoranConfigurator();
            files.setContext(context);
            return files.configure(context);
        }
        // Logback's own printer writes to stdout, and takes a while to load.
        context.getStatusManager().add(new StatusOnStderr());
        EventLog.install(context, settings(), Map.of(), GroupCommit.stdout());
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** As logback looks for them, but without its XML machinery, which takes longer to load than all that is done here. */
    private static boolean hasFile() {
        ClassLoader loader = EventStreamConfigurator.class.getClassLoader();
        return System.getProperty("logback.configurationFile") != null
                || loader.getResource("logback-test.xml") != null
                || loader.getResource("logback.xml") != null;
    }

    /** What nobody has set need not be read: a process's first binding of a record takes longer than its first event. */
    private static LogSettings settings() {
        boolean set = false;
        for (String name : System.getenv().keySet()) {
            set |= name.startsWith("LOG_") || name.startsWith("NO_COLOR") || name.equals("DOTENV");
        }
        return set
                ? EnvConfig.read(List.of(LogSettings.class), Environment.system())
                        .find(LogSettings.class)
                        .orElseGet(LogSettings::defaults)
                : LogSettings.defaults();
    }
}
