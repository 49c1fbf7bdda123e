package dev.twelvefactor.admin;

import java.io.PrintStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pool whose connections are all one, with one transaction that is never committed: they see each other's work, and all of it can be undone.
 */
final class SandboxDatabase implements InvocationHandler {
    private final String name;
    private final DataSource pool;
    private final PrintStream err;
    private @Nullable Connection connection;
    private @Nullable Savepoint beginning;
    private @Nullable SandboxConnection inTransaction;
    /** Whether connections without a transaction did something while another had one. */
    private boolean others;

    private boolean committed;
    private boolean mysql;

    SandboxDatabase(String name, DataSource pool, PrintStream err) {
        this.name = name;
        this.pool = pool;
        this.err = err;
    }

    /** Work on the one connection. */
    @FunctionalInterface
    interface Work {
        @Nullable
        Object run() throws Throwable;
    }

    String name() {
        return name;
    }

    @Override
    public String toString() {
        return name + " in its sandbox";
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (Delegation.isOfObject(method)) {
            return Delegation.ofObject(proxy, method, arguments, toString());
        }
        switch (method.getName()) {
            case "unwrap" -> {
                return SandboxHandle.unwrap(proxy, arguments);
            }
            case "isWrapperFor" -> {
                return SandboxHandle.isWrapperFor(proxy, arguments);
            }
            case "getConnection" -> {
                if (arguments != null) {
                    throw new SQLFeatureNotSupportedException("--sandbox has one connection, of the pool's own user");
                }
            }
            case "createConnectionBuilder" ->
                throw new SQLFeatureNotSupportedException("--sandbox has one connection; write getConnection()");
            default -> {
                return Delegation.call(pool, method, arguments);
            }
        }
        return Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new SandboxConnection(this, connection()));
    }

    private synchronized Connection connection() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = pool.getConnection();
            open.setAutoCommit(false);
            String product = open.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
            mysql = product.contains("mysql") || product.contains("mariadb");
            beginning = open.setSavepoint();
            connection = open;
        }
        return open;
    }

    /** Whether it has MySQL's ways: changes of the schema commit by themselves. */
    synchronized boolean isMysql() {
        return mysql;
    }

    /** The app's transactions are savepoints of one connection: to take back the first of two would take back the second too. */
    synchronized void requireTurn(SandboxConnection asking, boolean autoCommit, boolean reading) throws SQLException {
        if (inTransaction == null) {
            inTransaction = autoCommit ? null : asking;
            others = false;
        } else if (inTransaction != asking) {
            if (!autoCommit) {
                throw new SQLException(
                        "--sandbox has one transaction at a time, and another connection's is under way; commit that or close it first");
            }
            others |= !reading;
        }
    }

    synchronized void endTransaction(SandboxConnection of) {
        if (inTransaction == of) {
            inTransaction = null;
        }
    }

    synchronized void rolledBack(SandboxConnection transaction) {
        if (inTransaction == transaction && others) {
            err.println("--sandbox: a rollback in " + name
                    + " has taken back what other connections did there since its transaction began.");
        }
    }

    /** Runs a statement so that one that fails takes nothing along: PostgreSQL would refuse all that comes after it. */
    synchronized @Nullable Object guarded(Work statement) throws Throwable {
        Connection open = connection();
        Savepoint before = open.setSavepoint();
        Object result;
        try {
            result = statement.run();
        } catch (SQLException e) {
            try {
                open.rollback(before);
            } catch (SQLException lost) {
                e.addSuppressed(lost);
                beginAgain(open);
            }
            throw e;
        }
        try {
            open.releaseSavepoint(before);
        } catch (SQLFeatureNotSupportedException e) {
            // Then there are only more of them.
            return result;
        } catch (SQLException e) {
            beginAgain(open);
        }
        return result;
    }

    /** A savepoint goes with its transaction only. */
    private void beginAgain(Connection open) throws SQLException {
        open.rollback();
        beginning = open.setSavepoint();
        committed = true;
        err.println("--sandbox: a statement has made " + name
                + " commit; what was done there up to and with it is not rolled back.");
    }

    synchronized void rollback() throws SQLException {
        Connection open = connection;
        if (open != null) {
            connection = null;
            try (open) {
                boolean whole = goBack(open);
                open.rollback();
                if (!whole) {
                    err.println("--sandbox: something has made " + name
                            + " commit, or roll back, on the way; what was done there up to then is not rolled back.");
                } else {
                    err.println("--sandbox: what was done in " + name + (committed ? " after that" : "")
                            + " is rolled back.");
                }
            }
        }
    }

    /** Whether the transaction is still the one that began with the sandbox: what happened in another way than by a statement of its own is noticed here. */
    private boolean goBack(Connection open) {
        try {
            open.rollback(beginning);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }
}
