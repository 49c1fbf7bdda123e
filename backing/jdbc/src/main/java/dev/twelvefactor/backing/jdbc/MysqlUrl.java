package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.LeaseKeeper;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A MySQL or MariaDB URL, for whichever of the two drivers the app has: the one refuses {@code mysql://}, and each decodes another part of a URL or none. So nothing that
 * needs encoding is in it.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html">Connecting to the server using URI-like strings</a>
 */
final class MysqlUrl {
    private static final String FORM = "mysql://user:password@host:3306/database, or mariadb:";
    private static final String PREFERRED = "PREFERRED";
    private static final String SSL_MODE = "ssl-mode";
    private static final String SSL_CA = "ssl-ca";

    /** What MySQL calls a way of securing a connection, and what MariaDB's driver calls it. */
    private static final Map<String, String> SSL_MODES = Map.of(
            "DISABLED",
            "disable",
            PREFERRED,
            "",
            "REQUIRED",
            "trust",
            "VERIFY_CA",
            "verify-ca",
            "VERIFY_IDENTITY",
            "verify-full");

    private MysqlUrl() {}

    private enum Vendor {
        MYSQL("jdbc:mysql://", "MySQL", "com.mysql:mysql-connector-j", "dbname"),
        MARIADB("jdbc:mariadb://", "MariaDB", "org.mariadb.jdbc:mariadb-java-client", "database");

        private final String prefix;
        private final String kind;
        private final String driver;
        private final String nameProperty;

        Vendor(String prefix, String kind, String driver, String nameProperty) {
            this.prefix = prefix;
            this.kind = kind;
            this.driver = driver;
            this.nameProperty = nameProperty;
        }

        boolean hasDriver() {
            try {
                DriverManager.getDriver(prefix + "host/");
                return true;
            } catch (SQLException e) {
                return false;
            }
        }
    }

    static Database database(ServiceUrl url) {
        Vendor meant = url.scheme().equals("mysql") ? Vendor.MYSQL : Vendor.MARIADB;
        Vendor other = meant == Vendor.MYSQL ? Vendor.MARIADB : Vendor.MYSQL;
        Vendor driver = meant.hasDriver() || !other.hasDriver() ? meant : other;
        UrlParameters parameters = UrlParameters.of(url);
        Properties properties = properties(parameters, driver);
        Database.Timeouts timeouts = Database.Timeouts.of(parameters);
        properties.setProperty(
                "connectTimeout", Long.toString(timeouts.connect().toMillis()));
        properties.setProperty("socketTimeout", Long.toString(timeouts.connect().toMillis()));
        Database.Pool pool = Database.Pool.of(parameters);
        Duration leaseTime = LeaseKeeper.timeToLive(parameters);
        parameters.end();
        String name = url.path().orElse("");
        Database.requireHostAndName(url, url.hosts(), name, FORM);
        properties.setProperty(driver.nameProperty, name);
        String hosts =
                url.hosts().stream().map(host -> Database.bracketed(host, 3306)).collect(Collectors.joining(","));
        return new Database(
                url,
                Secret.of(driver.prefix + hosts + "/"),
                properties,
                pool,
                leaseTime,
                Optional.of(timeouts.answer()),
                Optional.of(timeouts.statement()),
                meant.kind,
                name,
                meant.driver);
    }

    private static Properties properties(UrlParameters parameters, Vendor driver) {
        Properties properties = new Properties();
        properties.setProperty("tcpKeepAlive", "true");
        parameters
                .text("application_name")
                .ifPresent(name -> properties.setProperty("connectionAttributes", "program_name:" + name));
        parameters.oneOf("charset", "utf8mb4", List.of("utf8mb4", "utf8"));
        // What one platform puts into its URLs; connections that are gone are replaced in any case.
        parameters.flag("reconnect", true);
        Optional<String> authority = parameters.text(SSL_CA);
        String mode = parameters
                .text(SSL_MODE)
                .map(text -> text.toUpperCase(Locale.ROOT))
                // As MySQL's own client has it.
                .orElse(authority.isPresent() ? "VERIFY_CA" : driver == Vendor.MYSQL ? PREFERRED : "DISABLED");
        if (!SSL_MODES.containsKey(mode)) {
            parameters.refuse(
                    SSL_MODE, "is none of its values; write DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY");
            return properties;
        }
        if (authority.isPresent()) {
            verify(parameters, driver, mode, authority.get());
            properties.setProperty("serverSslCert", authority.get());
            mode = mode.equals("REQUIRED") ? "VERIFY_CA" : mode;
        }
        if (driver == Vendor.MARIADB && mode.equals(PREFERRED)) {
            parameters.refuse(SSL_MODE, "MariaDB's driver cannot do; write REQUIRED or DISABLED");
        }
        properties.setProperty("sslMode", driver == Vendor.MYSQL ? mode : SSL_MODES.getOrDefault(mode, "disable"));
        return properties;
    }

    private static void verify(UrlParameters parameters, Vendor driver, String mode, String authority) {
        if (driver == Vendor.MYSQL) {
            parameters.refuse(
                    SSL_CA,
                    "MySQL's driver cannot do, since it reads no PEM file; add " + Vendor.MARIADB.driver
                            + " in its place");
        }
        if (mode.equals("DISABLED") || mode.equals(PREFERRED)) {
            parameters.refuse(SSL_CA, "does not go with ssl-mode=" + mode + "; write VERIFY_CA or VERIFY_IDENTITY");
        }
        if (!Files.isReadable(Path.of(authority))) {
            parameters.refuse(SSL_CA, "names no readable file");
        }
    }
}
