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
        if (!method.getName().equals("getConnection")) {
            return Delegation.call(pool, method, arguments);
        }
        if (arguments != null) {
            throw new SQLFeatureNotSupportedException("--sandbox has one connection, of the pool's own user");
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
            String product = open.getMetaData().getDatabaseProductName();
            String known = product.toLowerCase(Locale.ROOT);
            if (known.contains("mysql") || known.contains("mariadb")) {
                err.println(
                        "--sandbox: " + name + " is " + product
                                + ", which commits by itself at CREATE, ALTER, DROP, TRUNCATE and the like, and with them all that was done before.");
            }
            connection = open;
        }
        return open;
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
            }
            throw e;
        }
        try {
            open.releaseSavepoint(before);
        } catch (SQLFeatureNotSupportedException e) {
            // Then there are only more of them.
            return result;
        } catch (SQLException e) {
            // The savepoint went with its transaction.
            open.rollback();
            err.println("--sandbox: a statement has made " + name
                    + " commit; what was done there up to and with it is not rolled back.");
        }
        return result;
    }

    synchronized void rollback() throws SQLException {
        Connection open = connection;
        if (open != null) {
            connection = null;
            try (open) {
                open.rollback();
                err.println("--sandbox: what was done in " + name + " is rolled back.");
            }
        }
    }
}
