package dev.twelvefactor.contenders.jex;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

final class Entries {
    private final DataSource database;

    Entries(DataSource database) {
        this.database = database;
    }

    Optional<Entry> find(long id) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement("SELECT id, author, message FROM entries WHERE id = ?")) {
            statement.setLong(1, id);
            try (var rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(entry(rows)) : Optional.empty();
            }
        }
    }

    List<Entry> first() throws SQLException {
        try (var connection = database.getConnection();
                var statement =
                        connection.prepareStatement("SELECT id, author, message FROM entries ORDER BY id LIMIT 20");
                var rows = statement.executeQuery()) {
            var entries = new ArrayList<Entry>();
            while (rows.next()) {
                entries.add(entry(rows));
            }
            return entries;
        }
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(row.getLong("id"), row.getString("author"), row.getString("message"));
    }
}
