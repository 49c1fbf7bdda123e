package dev.twelvefactor.admin;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An object of the driver as a sandbox gives it out: each way from it to the connection leads to the sandbox's, and none to what the driver itself has. */
final class SandboxHandle implements InvocationHandler {
    /** Special ones before general ones. */
    private static final List<Class<?>> KINDS = List.of(
            CallableStatement.class,
            PreparedStatement.class,
            Statement.class,
            ResultSet.class,
            DatabaseMetaData.class,
            ResultSetMetaData.class,
            ParameterMetaData.class,
            Array.class);

    private final Object real;
    private final Connection owner;
    private final SandboxConnection sandbox;
    private final String prepared;
    private final @Nullable Object statement;

    private SandboxHandle(
            Object real, Connection owner, SandboxConnection sandbox, String prepared, @Nullable Object statement) {
        this.real = real;
        this.owner = owner;
        this.sandbox = sandbox;
        this.prepared = prepared;
        this.statement = statement;
    }

    /**
     * What a call on the connection gave.
     *
     * @param prepared the SQL of a prepared statement, or nothing
     */
    static @Nullable Object of(@Nullable Object given, Connection owner, SandboxConnection sandbox, String prepared) {
        return of(given, owner, sandbox, prepared, null);
    }

    private static @Nullable Object of(
            @Nullable Object given,
            Connection owner,
            SandboxConnection sandbox,
            String prepared,
            @Nullable Object statement) {
        if (given instanceof Connection) {
            return owner;
        }
        for (Class<?> kind : KINDS) {
            if (kind.isInstance(given)) {
                return Proxy.newProxyInstance(
                        Statement.class.getClassLoader(),
                        new Class<?>[] {kind},
                        new SandboxHandle(given, owner, sandbox, prepared, statement));
            }
        }
        return given;
    }

    /** What the driver gets in the place of handles. */
    static Object @Nullable [] real(Object @Nullable [] arguments) {
        if (arguments == null) {
            return null;
        }
        Object[] all = arguments.clone();
        for (int i = 0; i < all.length; i++) {
            if (all[i] != null
                    && Proxy.isProxyClass(all[i].getClass())
                    && Proxy.getInvocationHandler(all[i]) instanceof SandboxHandle handle) {
                all[i] = handle.real;
            }
        }
        return all;
    }

    /** The handle itself, or nothing: the driver's own object can do all that a sandbox must not. */
    static Object unwrap(Object proxy, Object @Nullable [] arguments) throws SQLException {
        Class<?> type = arguments == null ? Object.class : (Class<?>) arguments[0];
        if (!type.isInstance(proxy)) {
            throw new SQLException("--sandbox does not give out the driver's own objects, which could commit; leave out"
                    + " unwrap(" + type.getSimpleName() + ".class), or run it without --sandbox");
        }
        return proxy;
    }

    static boolean isWrapperFor(Object proxy, Object @Nullable [] arguments) {
        return arguments != null && ((Class<?>) arguments[0]).isInstance(proxy);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (Delegation.isOfObject(method)) {
            return Delegation.ofObject(proxy, method, arguments, real.toString());
        }
        return switch (method.getName()) {
            case "unwrap" -> unwrap(proxy, arguments);
            case "isWrapperFor" -> isWrapperFor(proxy, arguments);
            case "getStatement" -> statement == null ? wrapped(proxy, method, arguments) : statement;
            default ->
                real instanceof Statement ? onStatement(proxy, method, arguments) : wrapped(proxy, method, arguments);
        };
    }

    private @Nullable Object onStatement(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        String sql = arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : "";
        boolean executes = method.getName().startsWith("execute");
        if (!executes && !method.getName().equals("addBatch")) {
            return wrapped(proxy, method, arguments);
        }
        sandbox.requireRollback(sql);
        return executes
                ? sandbox.execute(prepared + ";" + sql, () -> wrapped(proxy, method, arguments))
                : wrapped(proxy, method, arguments);
    }

    private @Nullable Object wrapped(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return of(
                Delegation.call(real, method, real(arguments)),
                owner,
                sandbox,
                "",
                proxy instanceof Statement ? proxy : statement);
    }
}
