package dev.twelvefactor.admin;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an app takes for a connection of its own: its transactions are savepoints in the one transaction of the sandbox. */
final class SandboxConnection implements InvocationHandler {
    private static final Pattern ENDS_TRANSACTION = Pattern.compile(
            "\\s*(begin|start\\s+transaction|commit|end|abort|rollback(?!\\s+(work\\s+|transaction\\s+)?to\\b)|prepare\\s+transaction)\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern OF_SAVEPOINTS =
            Pattern.compile("\\s*(savepoint|rollback|release)\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final SandboxDatabase database;
    private final Connection real;
    private @Nullable Savepoint transaction;
    private boolean closed;

    SandboxConnection(SandboxDatabase database, Connection real) {
        this.database = database;
        this.real = real;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (Delegation.isOfObject(method)) {
            return Delegation.ofObject(proxy, method, arguments, "a connection of " + database);
        }
        return switch (method.getName()) {
            case "close", "abort" -> {
                close();
                yield null;
            }
            case "isClosed" -> closed;
            case "getAutoCommit" -> transaction == null;
            case "setAutoCommit" -> {
                boolean begin = arguments != null && Boolean.FALSE.equals(arguments[0]);
                transaction = !begin ? null : transaction == null ? open().setSavepoint() : transaction;
                yield null;
            }
            case "commit" -> {
                transaction = transaction == null ? null : open().setSavepoint();
                yield null;
            }
            // Both are for the beginning of a transaction, and this one began long ago.
            case "setReadOnly", "setTransactionIsolation" -> null;
            case "rollback" -> {
                rollback(arguments == null ? transaction : (Savepoint) arguments[0]);
                yield null;
            }
            case "createStatement", "prepareStatement", "prepareCall" ->
                statement((Connection) proxy, method, arguments);
            default -> Delegation.call(open(), method, arguments);
        };
    }

    private Connection open() throws SQLException {
        if (closed) {
            throw new SQLException("the connection is closed", "08003");
        }
        return real;
    }

    private void close() throws SQLException {
        if (!closed) {
            closed = true;
            // As a pool does with what its borrower has not committed.
            rollback(transaction);
        }
    }

    private void rollback(@Nullable Savepoint to) throws SQLException {
        if (to != null) {
            real.rollback(to);
        }
    }

    private Object statement(Connection owner, Method method, Object @Nullable [] arguments) throws Throwable {
        refuseEnd(arguments);
        Object statement = Objects.requireNonNull(Delegation.call(open(), method, arguments));
        InvocationHandler guarding = (proxy, called, given) -> {
            if (Delegation.isOfObject(called)) {
                return Delegation.ofObject(proxy, called, given, statement.toString());
            }
            if (called.getName().equals("getConnection")) {
                return owner;
            }
            if (called.getName().startsWith("execute")) {
                refuseEnd(given);
                // It would take the guard's own savepoint along, or that this one.
                return is(OF_SAVEPOINTS, given) || is(OF_SAVEPOINTS, arguments)
                        ? Delegation.call(statement, called, given)
                        : database.guarded(() -> Delegation.call(statement, called, given));
            }
            refuseEnd(called.getName().equals("addBatch") ? given : null);
            return Delegation.call(statement, called, given);
        };
        return Proxy.newProxyInstance(
                Statement.class.getClassLoader(), new Class<?>[] {method.getReturnType()}, guarding);
    }

    private static void refuseEnd(Object @Nullable [] arguments) throws SQLException {
        if (arguments != null && is(ENDS_TRANSACTION, arguments)) {
            throw new SQLException("--sandbox is one transaction that it rolls back itself; leave out \""
                    + arguments[0].toString().strip() + "\", or use the methods of the connection");
        }
    }

    /** Whether the first argument is such an SQL. */
    private static boolean is(Pattern kind, Object @Nullable [] arguments) {
        return arguments != null
                && arguments.length > 0
                && arguments[0] instanceof String sql
                && kind.matcher(sql).matches();
    }
}
