package dev.twelvefactor.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.util.DefaultJoranConfigurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import java.util.List;
import java.util.Map;

/**
 * What logback finds by itself and asks to configure it: JSON events on stdout, set by the variables of {@link LogSettings}, without XML. It
 * gives way to a {@code logback.xml}, {@code logback-test.xml} or {@code -Dlogback.configurationFile} of the app.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_LOW_PRIORITY)
public final class EventStreamConfigurator extends ContextAwareBase implements Configurator {
    /** For the service loader. */
    public EventStreamConfigurator() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        // Logback asks every service before it looks for files of its own, so this has to look for them first.
        DefaultJoranConfigurator files = new DefaultJoranConfigurator();
        files.setContext(context);
        if (files.configure(context) == ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY) {
            return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
        }
        LogSettings settings = EnvConfig.read(List.of(LogSettings.class), Environment.system())
                .find(LogSettings.class)
                .orElseGet(LogSettings::defaults);
        EventLog.install(context, settings, Map.of(), GroupCommit.stdout());
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
