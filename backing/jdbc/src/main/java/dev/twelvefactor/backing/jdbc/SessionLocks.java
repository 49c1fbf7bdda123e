package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.LeaseHolder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Locks with names that a database gives to a session, and takes from it when that ends. */
interface SessionLocks {
    /** Has the server end this session when it has heard nothing of it for this long, and tell others whose it is. */
    void prepare(Connection session, Duration silence, String who) throws SQLException;

    /** Takes a lock, if no session has it. A session that has it already must not ask. */
    boolean take(Connection session, String name) throws SQLException;

    /** What proves, each time that it is the same, that this session still has it; empty if it does not. */
    Optional<String> proof(Connection session, String name) throws SQLException;

    void giveBack(Connection session, String name) throws SQLException;

    /** Asks in another session who has it. */
    Optional<LeaseHolder> holder(Connection other, String name) throws SQLException;

    /** Reads the first row of an answer. */
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    static <T> Optional<T> first(Connection session, String query, Row<T> reading, Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.ofNullable(reading.of(row)) : Optional.empty();
            }
        }
    }

    /** Not less than what is meant: the holder counts on it. */
    static long wholeSeconds(Duration time) {
        return time.plusSeconds(1).minusNanos(1).toSeconds();
    }

    static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
