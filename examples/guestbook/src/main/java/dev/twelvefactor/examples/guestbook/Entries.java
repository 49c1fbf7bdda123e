package dev.twelvefactor.examples.guestbook;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The entries, in PostgreSQL. */
final class Entries {
    private static final String COLUMNS = "id, author, message, reply, created_at";

    private final DataSource database;

    Entries(DataSource database) {
        this.database = database;
    }

    Entry add(NewEntry entry) throws SQLException {
        String sql = "INSERT INTO entries (author, message) VALUES (?, ?) RETURNING " + COLUMNS;
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, entry.author());
            statement.setString(2, entry.message());
            return entries(statement).get(0);
        }
    }

    Optional<Entry> find(long id) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT " + COLUMNS + " FROM entries WHERE id = ?")) {
            statement.setLong(1, id);
            return entries(statement).stream().findFirst();
        }
    }

    List<Entry> newest(int most) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT " + COLUMNS + " FROM entries ORDER BY id DESC LIMIT ?")) {
            statement.setInt(1, most);
            return entries(statement);
        }
    }

    int deleteOlderThan(Duration age) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("DELETE FROM entries WHERE created_at < ?")) {
            statement.setTimestamp(1, Timestamp.from(Instant.now().minus(age)));
            return statement.executeUpdate();
        }
    }

    int countOlderThan(Duration age) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT count(*) FROM entries WHERE created_at < ?")) {
            statement.setTimestamp(1, Timestamp.from(Instant.now().minus(age)));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    /**
     * Greets the author of one entry that has no reply yet. The row is locked and passed over by every other worker; a worker that dies in the middle
     * loses its transaction, and the entry is the next one's.
     *
     * @return whether there was one
     */
    boolean greetNext() throws SQLException {
        String sql = "UPDATE entries SET reply = 'Welcome, ' || author || '!' WHERE id ="
                + " (SELECT id FROM entries WHERE reply IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)";
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            return statement.executeUpdate() == 1;
        }
    }

    private static List<Entry> entries(PreparedStatement statement) throws SQLException {
        List<Entry> entries = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                entries.add(new Entry(
                        rows.getLong("id"),
                        rows.getString("author"),
                        rows.getString("message"),
                        Optional.ofNullable(rows.getString("reply")),
                        rows.getTimestamp("created_at").toInstant()));
            }
        }
        return entries;
    }
}
