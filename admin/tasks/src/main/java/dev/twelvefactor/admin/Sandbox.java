package dev.twelvefactor.admin;

import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The services of a console whose work in databases is undone at its end. */
final class Sandbox implements AutoCloseable {
    private final PrintStream err;
    private final List<SandboxDatabase> databases = new ArrayList<>();

    Sandbox(PrintStream err) {
        this.err = err;
    }

    /** The client in its sandbox, or as it is, and that said. */
    Object client(String name, Object client) {
        if (client instanceof DataSource pool) {
            SandboxDatabase database = new SandboxDatabase(name, pool, err);
            databases.add(database);
            return Proxy.newProxyInstance(
                    DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, database);
        }
        err.println("--sandbox: " + name + " is no JDBC database; what is changed there stays changed.");
        return client;
    }

    /** Rolls back what was done in every database. */
    @Override
    public void close() {
        for (SandboxDatabase database : databases) {
            try {
                database.rollback();
            } catch (SQLException e) {
                // Then the server has lost the connection, or does so when the process ends: either is a rollback.
                err.println("--sandbox: " + database.name() + " did not answer the rollback (" + e.getMessage()
                        + "); it rolls back when the connection is gone.");
            }
        }
    }
}
