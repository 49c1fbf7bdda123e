package dev.twelvefactor.admin.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.api.CoreMigrationType;
import org.flywaydb.core.api.MigrationInfo;

/** What {@code --status} and {@code --dry-run} show. */
final class Listing {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(flyway:\\w+)}");

    private Listing() {}

    /** Of the table of {@code --status}. */
    static final List<String> HEADINGS = List.of("version", "description", "state", "installed_on", "installed_by");

    static List<List<String>> rows(List<MigrationInfo> migrations) {
        return migrations.stream().map(Listing::row).toList();
    }

    private static List<String> row(MigrationInfo one) {
        return List.of(
                one.getVersion() == null ? "" : one.getVersion().getVersion(),
                one.getDescription(),
                one.getState().getDisplayName().toLowerCase(Locale.ROOT),
                one.getInstalledOn() == null
                        ? ""
                        : one.getInstalledOn().toInstant().toString(),
                Objects.requireNonNullElse(one.getInstalledBy(), ""));
    }

    /** The scripts as they would be run. */
    static List<String> sql(Migration migration, Optional<String> target) throws SQLException {
        List<String> text = new ArrayList<>();
        for (MigrationInfo one : migration.pending(target)) {
            text.add("-- " + InHand.nameOf(one));
            text.add(
                    one.getType() == CoreMigrationType.SQL
                            ? script(migration, one)
                            : "-- " + one.getType().name() + ", which only its code tells");
        }
        if (text.isEmpty()) {
            text.add("-- nothing is pending");
        }
        return text;
    }

    private static String script(Migration migration, MigrationInfo one) throws SQLException {
        String path = migration.location() + "/" + one.getScript();
        try (InputStream stream = Migrate.class.getClassLoader().getResourceAsStream(path)) {
            String text = new String(Objects.requireNonNull(stream, path).readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> values = values(migration, one);
            return PLACEHOLDER
                    .matcher(text)
                    .replaceAll(found -> Matcher.quoteReplacement(values.getOrDefault(found.group(1), found.group())))
                    .stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Flyway's own placeholders; there are no others.
     *
     * @see <a href="https://documentation.red-gate.com/flyway/flyway-concepts/migrations/migration-placeholders">Placeholders</a>
     */
    private static Map<String, String> values(Migration migration, MigrationInfo one) throws SQLException {
        try (Connection connection = migration.database().getConnection()) {
            String catalog = Objects.requireNonNullElse(connection.getCatalog(), "");
            return Map.of(
                    "flyway:defaultSchema",
                    Objects.requireNonNullElse(connection.getSchema(), catalog),
                    "flyway:database",
                    catalog,
                    "flyway:user",
                    connection.getMetaData().getUserName().replaceFirst("@.*", ""),
                    "flyway:filename",
                    one.getScript(),
                    "flyway:table",
                    "flyway_schema_history",
                    "flyway:workingDirectory",
                    System.getProperty("user.dir", ""),
                    "flyway:timestamp",
                    LocalDateTime.now(ZoneId.systemDefault())
                            .format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)));
        }
    }
}
