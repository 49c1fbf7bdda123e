package dev.twelvefactor.admin.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.flywaydb.core.api.CoreMigrationType;
import org.flywaydb.core.api.MigrationInfo;

/** What {@code --status} and {@code --dry-run} show. */
final class Listing {
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
    static List<String> sql(Migration migration, Optional<String> target) {
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

    private static String script(Migration migration, MigrationInfo one) {
        String path = migration.location() + "/" + one.getScript();
        try (InputStream stream = Migrate.class.getClassLoader().getResourceAsStream(path)) {
            String text = new String(Objects.requireNonNull(stream, path).readAllBytes(), StandardCharsets.UTF_8);
            return text.stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
