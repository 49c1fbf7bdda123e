package dev.twelvefactor.testing;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A JUnit extension that gives tests a server as a parameter: one for the whole run, started when the first test asks, stopped after the last. Where it
 * cannot be had, these tests are skipped, each by the reason.
 *
 * @param <T> the type of the server, and of the parameter
 */
public abstract class SharedServer<T extends TestServer> implements ExecutionCondition, ParameterResolver {
    private final Class<T> type;
    private final Supplier<T> start;

    /** An extension for parameters of this type. */
    protected SharedServer(Class<T> type, Supplier<T> start) {
        this.type = type;
        this.start = start;
    }

    /** What came of the one attempt to start it. JUnit closes it after the last test. */
    private record Outcome(
            @Nullable TestServer server, @Nullable ServerUnavailableException failure) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            if (server != null) {
                server.close();
            }
        }
    }

    @Override
    public final ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        ServerUnavailableException failure = outcome(context).failure();
        return failure == null
                ? ConditionEvaluationResult.enabled(type.getSimpleName() + " runs")
                : ConditionEvaluationResult.disabled(failure.getMessage());
    }

    @Override
    public final boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == type;
    }

    @Override
    public final @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return outcome(context).server();
    }

    private Outcome outcome(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedServer.class))
                .computeIfAbsent(type, unused -> attempt(), Outcome.class);
    }

    private Outcome attempt() {
        try {
            return new Outcome(start.get(), null);
        } catch (ServerUnavailableException e) {
            return new Outcome(null, e);
        }
    }
}
