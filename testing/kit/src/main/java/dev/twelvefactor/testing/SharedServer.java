package dev.twelvefactor.testing;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A JUnit extension that gives tests a server as a parameter: one for the whole run, started when the first test asks, stopped after the last.
 *
 * @param <T> the type of the server, and of the parameter
 */
public abstract class SharedServer<T extends TestServer> implements ParameterResolver {
    private final Class<T> type;
    private final Supplier<T> start;

    /** An extension for parameters of this type. */
    protected SharedServer(Class<T> type, Supplier<T> start) {
        this.type = type;
        this.start = start;
    }

    @Override
    public final boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == type;
    }

    @Override
    public final Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedServer.class))
                .computeIfAbsent(type, unused -> start.get(), type);
    }
}
