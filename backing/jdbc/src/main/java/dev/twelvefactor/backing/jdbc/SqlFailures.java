package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Connector.Failure;
import dev.twelvefactor.backing.NetworkFailures;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What drivers say, by SQL state (SQL:2016, 24.1; PostgreSQL, appendix A) and, of MySQL and MariaDB, by error number, in sentences. */
final class SqlFailures {
    /** PostgreSQL: a statement that was ended, by its time limit or by somebody. */
    private static final String CANCELED = "57014";

    /** No privilege; and a role that is not there any more. */
    private static final Set<String> POSTGRES_REFUSALS = Set.of("42501", "42704");
    /** Access denied: to the server, a database, a table, a column, a routine, or for want of a privilege. */
    private static final Set<Integer> MYSQL_REFUSALS = Set.of(1044, 1045, 1142, 1143, 1227, 1370, 1698);

    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int MARIADB_TIMEOUT = 1969;
    private static final int MYSQL_TIMEOUT = 3024;

    private SqlFailures() {}

    static Failure explain(Throwable failure, Database database) {
        List<SQLException> all = NetworkFailures.causes(failure).stream()
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .filter(e -> e.getSQLState() != null)
                .toList();
        if (all.isEmpty()) {
            return NetworkFailures.explain(failure)
                    .orElse(Failure.passing(
                            "the attempt failed (" + failure.getClass().getSimpleName() + ")"));
        }
        SQLException innermost = all.get(all.size() - 1);
        Optional<Failure> told = isMysql(database) ? byNumber(innermost, database) : Optional.empty();
        return told.or(() -> byState(innermost, database))
                .or(() -> byMessage(innermost, database))
                .or(() -> NetworkFailures.explain(failure).map(found -> inTermsOf(database, found)))
                .orElse(Failure.passing(
                        "the server did not answer as a database (SQL state " + innermost.getSQLState() + ")"));
    }

    private static Optional<Failure> byNumber(SQLException failure, Database database) {
        return switch (failure.getErrorCode()) {
            case 1045, 1698 -> Optional.of(refused(database));
            case 1044, 1049 -> Optional.of(missing(database));
            case 1040, 1203 -> Optional.of(full());
            case LOCK_WAIT_TIMEOUT, MARIADB_TIMEOUT, MYSQL_TIMEOUT -> Optional.of(ended());
            case 3159 -> Optional.of(Failure.permanent("the server wants TLS; add ?ssl-mode=VERIFY_IDENTITY"));
            default -> Optional.empty();
        };
    }

    private static Optional<Failure> byState(SQLException failure, Database database) {
        return switch (failure.getSQLState()) {
            case "28P01", "28000" ->
                Optional.of(
                        String.valueOf(failure.getMessage()).contains("pg_hba.conf")
                                ? Failure.permanent(
                                        "the server lets nobody in by this user, database, address and encryption (pg_hba.conf); if it wants TLS, add sslmode=require")
                                : refused(database));
            case "3D000" -> Optional.of(missing(database));
            case "57P03" -> Optional.of(Failure.passing("the server is starting up or shutting down"));
            case "53300" -> Optional.of(full());
            case CANCELED -> Optional.of(ended());
            default -> Optional.empty();
        };
    }

    /** What has no state of its own. */
    private static Optional<Failure> byMessage(SQLException failure, Database database) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("server does not support SSL")
                || message.contains("ssl not enabled in the server")
                || message.contains("SSL Connection required, but not provided by server")) {
            return Optional.of(
                    Failure.permanent("the server does not speak TLS, which " + sslParameter(database) + " asks for"));
        }
        if ((message.contains("hostname") && message.contains("could not be verified"))
                || message.contains("hostname verification failed")) {
            return Optional.of(Failure.permanent("the server's certificate is for another host"));
        }
        if (message.contains("Self signed certificates")) {
            return Optional.of(
                    Failure.permanent(
                            "the server's certificate is not signed by an authority that is trusted here; name that authority's file with ssl-ca"));
        }
        if (message.equals(PoolConnector.EMPTY_POOL)) {
            return Optional.of(Failure.passing(message));
        }
        if (message.contains("root certificate file")) {
            return Optional.of(
                    Failure.permanent(
                            "the file with the authorities' certificates cannot be read; name it with sslrootcert, or write sslrootcert=system"));
        }
        return Optional.empty();
    }

    private static Failure inTermsOf(Database database, Failure found) {
        String ca = database.kind().equals("PostgreSQL") ? "sslrootcert" : "ssl-ca";
        return new Failure(found.sentence().replace("tls.ca", ca), found.permanent());
    }

    private static String sslParameter(Database database) {
        return database.kind().equals("PostgreSQL") ? "sslmode" : "ssl-mode";
    }

    private static Failure refused(Database database) {
        return Failure.permanent("the user \"" + database.user().orElse("") + "\" or its password was refused");
    }

    private static Failure missing(Database database) {
        return Failure.permanent("the server has no database \"" + database.name() + "\", or the user may not use it");
    }

    private static Failure full() {
        return Failure.passing("the server has no connection left (too many clients)");
    }

    private static Failure ended() {
        return Failure.passing("the server ended a statement that took too long");
    }

    /** Whether a call failed since the database is away, or did not get done with a statement in time. */
    static boolean isUnavailable(Throwable failure, Database database) {
        return isConnectionLost(failure)
                || failure instanceof SQLTimeoutException
                || (failure instanceof SQLException sql
                        && (CANCELED.equals(sql.getSQLState())
                                || (isMysql(database)
                                        && (sql.getErrorCode() == LOCK_WAIT_TIMEOUT
                                                || sql.getErrorCode() == MARIADB_TIMEOUT
                                                || sql.getErrorCode() == MYSQL_TIMEOUT))));
    }

    /** Whether the server refused a statement, or a login, because of whose it was. */
    static boolean refusesUser(Throwable failure, Database database) {
        if (!(failure instanceof SQLException sql) || sql.getSQLState() == null) {
            return false;
        }
        return isMysql(database)
                ? MYSQL_REFUSALS.contains(sql.getErrorCode())
                : sql.getSQLState().startsWith("28") || POSTGRES_REFUSALS.contains(sql.getSQLState());
    }

    private static boolean isMysql(Database database) {
        return database.kind().matches("MySQL|MariaDB");
    }

    /** Class 08 is a connection that is gone, 57P a server that is going. */
    static boolean isConnectionLost(Throwable failure) {
        return failure instanceof SQLTransientConnectionException
                || failure instanceof SQLNonTransientConnectionException
                || (failure instanceof SQLException sql
                        && sql.getSQLState() != null
                        && (sql.getSQLState().startsWith("08")
                                || sql.getSQLState().startsWith("57P")));
    }
}
