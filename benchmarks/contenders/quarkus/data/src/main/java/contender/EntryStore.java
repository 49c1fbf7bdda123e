package contender;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;

@ApplicationScoped
public class EntryStore {

    private final AgroalDataSource database;

    EntryStore(AgroalDataSource database) {
        this.database = database;
    }

    public Optional<Entry> byId(long id) throws SQLException {
        try (var connection = database.getConnection();
                var query = connection.prepareStatement("SELECT id, author, message FROM entries WHERE id = ?")) {
            query.setLong(1, id);
            try (var rows = query.executeQuery()) {
                return rows.next() ? Optional.of(entry(rows)) : Optional.empty();
            }
        }
    }

    public List<Entry> first() throws SQLException {
        try (var connection = database.getConnection();
                var query = connection
                        .prepareStatement("SELECT id, author, message FROM entries ORDER BY id LIMIT 20");
                var rows = query.executeQuery()) {
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
