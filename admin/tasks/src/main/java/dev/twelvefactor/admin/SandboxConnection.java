package dev.twelvefactor.admin;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an app takes for a connection of its own: its transactions are savepoints in the one transaction of the sandbox. */
final class SandboxConnection implements InvocationHandler {
    private final SandboxDatabase database;
    private final Connection real;
    private boolean autoCommit = true;
    /** Where its transaction began, once that has done anything. */
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
            case "getAutoCommit" -> autoCommit;
            case "setAutoCommit" -> {
                boolean begin = arguments != null && Boolean.FALSE.equals(arguments[0]);
                if (!begin) {
                    endTransaction();
                }
                autoCommit = !begin;
                yield null;
            }
            case "commit" -> {
                endTransaction();
                yield null;
            }
            // Both are for the beginning of a transaction, and this one began long ago.
            case "setReadOnly", "setTransactionIsolation" -> null;
            case "rollback" -> {
                if (arguments == null) {
                    rollback();
                } else {
                    open().rollback((Savepoint) arguments[0]);
                }
                yield null;
            }
            case "unwrap" -> SandboxHandle.unwrap(proxy, arguments);
            case "isWrapperFor" -> SandboxHandle.isWrapperFor(proxy, arguments);
            default -> onDriver((Connection) proxy, method, arguments);
        };
    }

    private @Nullable Object onDriver(Connection proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        String sql = "";
        if (method.getName().startsWith("prepare") && arguments != null) {
            sql = String.valueOf(arguments[0]);
            requireRollback(sql);
        } else if (method.getName().equals("setSavepoint")) {
            begin(true);
        }
        return SandboxHandle.of(Delegation.call(open(), method, SandboxHandle.real(arguments)), proxy, this, sql);
    }

    /** Refuses what cannot be rolled back. */
    void requireRollback(String sql) throws SQLException {
        Optional<String> refusal = SandboxSql.refusal(sql, database.isMysql());
        if (refusal.isPresent()) {
            throw new SQLException(refusal.get());
        }
    }

    @Nullable
    Object execute(String sql, SandboxDatabase.Work statement) throws Throwable {
        Connection unused = open();
        begin(SandboxSql.isReading(sql, database.isMysql()));
        // A guard's own savepoint would go with one that the statement ends, or keep this statement's.
        return SandboxSql.isOfSavepoints(sql, database.isMysql()) ? statement.run() : database.guarded(statement);
    }

    private void begin(boolean reading) throws SQLException {
        database.requireTurn(this, autoCommit, reading);
        if (!autoCommit && transaction == null) {
            transaction = open().setSavepoint();
        }
    }

    private void endTransaction() {
        transaction = null;
        database.endTransaction(this);
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
            rollback();
        }
    }

    private void rollback() throws SQLException {
        Savepoint beginning = transaction;
        if (beginning != null) {
            real.rollback(beginning);
            database.rolledBack(this);
        }
        endTransaction();
    }
}
