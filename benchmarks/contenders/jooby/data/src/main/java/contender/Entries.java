package contender;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The table, by plain JDBC. */
class Entries {

    private final DataSource dataSource;

    Entries(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** The entry with this id, or null. */
    Entry find(long id) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT id, author, message FROM entries WHERE id = ?")) {
            statement.setLong(1, id);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? read(rows) : null;
            }
        }
    }

    List<Entry> first() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT id, author, message FROM entries ORDER BY id LIMIT 20");
                ResultSet rows = statement.executeQuery()) {
            List<Entry> entries = new ArrayList<>();
            while (rows.next()) {
                entries.add(read(rows));
            }
            return entries;
        }
    }

    private static Entry read(ResultSet row) throws SQLException {
        return new Entry(row.getLong("id"), row.getString("author"), row.getString("message"));
    }
}
