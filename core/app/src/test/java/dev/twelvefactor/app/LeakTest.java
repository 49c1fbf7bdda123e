package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.config.AllowEmpty;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.RotatingSecret;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Secrets in every place that a value can come from, every failure provoked: none is in anything that comes out. */
@Timeout(120)
class LeakTest {
    private static final String DEFAULT_SECRET = "d3fault-" + "s3cret-0001";

    record Settings(
            Secret token,
            RotatingSecret rotating,
            ServiceUrl databaseUrl,
            Optional<ServiceUrl> replicaUrl,
            List<Secret> keys,
            Map<String, Secret> keyring,
            @Default(DEFAULT_SECRET) Secret fallback,
            @Default("1") int limit) {
        Settings {
            if (limit == 13) {
                throw new IllegalArgumentException("is refused with " + token.reveal() + " and "
                        + databaseUrl.password().map(Secret::reveal)
                        + keys.get(0).reveal());
            }
        }
    }

    /** Plain text that only its name tells to be secret: the app may print it, we may not. */
    record Named(
            String apiKey,
            @AllowEmpty String password,
            @Default(DEFAULT_SECRET) String sessionSecret,
            @Default("1") int limit) {
        Named {
            if (limit == 13) {
                throw new IllegalArgumentException("is refused with " + apiKey + " and " + password);
            }
        }
    }

    @TempDir
    private Path directory = Path.of("");

    private final List<String> secrets = new ArrayList<>(List.of(DEFAULT_SECRET));
    private final StringBuilder seen = new StringBuilder();

    private String secret() {
        String secret = "s3cret-" + UUID.randomUUID();
        secrets.add(secret);
        return secret;
    }

    private Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("TOKEN", secret());
        variables.put("ROTATING", secret());
        variables.put(
                "DATABASE_URL",
                "broken://" + secret() + ":" + secret() + "@127.0.0.1:1/db?sslpassword=" + secret() + "&token="
                        + secret());
        // The user's name alone is no secret.
        secrets.remove(secrets.size() - 4);
        variables.put("REPLICA_URL", "broken://:" + secret() + "@h/d");
        variables.put("KEYS", secret() + "," + secret());
        variables.put("KEYRING", "a=" + secret() + ",b=" + secret());
        variables.put("API_KEY", secret());
        variables.put("PASSWORD", secret());
        variables.put("PORT", "0");
        variables.put("ATTACH_TIMEOUT", "100ms");
        variables.put("LOG_LEVEL", "trace");
        return variables;
    }

    private static App<Settings> app() {
        return App.of("leaky", Settings.class)
                .web((settings, wiring, routes) -> {
                    wiring.attach("database", Attachment.of(settings.databaseUrl(), () -> new Broken(settings)))
                            .get();
                    routes.get("/", request -> Response.json(settings));
                })
                .admin("fail", "Fail with all that it knows", NoOptions.class, (settings, options, wiring) -> {
                    throw new IllegalStateException("settings were " + settings);
                })
                .admin("print", "Print all that it knows", NoOptions.class, (settings, options, wiring) -> {
                    LoggerFactory.getLogger("app").info("{}", settings);
                    LoggerFactory.getLogger("app").info(Response.json(settings).text());
                });
    }

    /** A service whose client repeats all that it was given, as drivers do. */
    private record Broken(Settings settings) implements Connector<String> {
        @Override
        public String open(String name) throws IOException {
            throw new IOException("cannot connect to " + settings.databaseUrl() + " of " + settings);
        }

        @Override
        public void check(String client) {}

        @Override
        public void close(String client) {}

        @Override
        public Failure explain(Exception failure) {
            return Failure.permanent("the client says: " + failure.getMessage());
        }

        @Override
        public boolean isUnavailable(Throwable failure) {
            return true;
        }
    }

    private void run(Map<String, String> variables, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8)) {
            int status = TwelveFactorApp.execute(app(), List.of(arguments), variables, print, print);
            App<Named> named =
                    App.of("named", Named.class).web(routes -> routes.get("/", request -> Response.text("")));
            TwelveFactorApp.execute(named, List.of("admin", "config"), variables, print, print);
            if (variables.getOrDefault("LIMIT", "").equals("13")) {
                TwelveFactorApp.execute(named, List.of(), variables, print, print);
            }
            seen.append(status)
                    .append('\n')
                    .append(out.toString(StandardCharsets.UTF_8))
                    .append('\n');
        }
        look(Settings.class, variables);
        look(Named.class, variables);
    }

    /** What a program that uses the configuration alone could show. */
    private void look(Class<? extends Record> type, Map<String, String> variables) {
        Environment environment = Environment.of(variables);
        EnvConfig config = EnvConfig.read(List.of(type), environment);
        seen.append(environment)
                .append(config.problems())
                .append(config.warnings())
                .append(config.settings());
        try {
            if (EnvConfig.bind(type, environment) instanceof Settings settings) {
                seen.append(settings)
                        .append(Response.json(settings).text())
                        .append(settings.databaseUrl().refused("is refused").getMessage());
            }
        } catch (ConfigException e) {
            StringWriter chain = new StringWriter();
            e.printStackTrace(new PrintWriter(chain));
            seen.append(chain);
        }
    }

    private void assertNothingLeaked() {
        String all = seen.toString();
        assertThat(all).isNotBlank();
        for (String secret : secrets) {
            assertThat(all.contains(secret)).as("%s in %s", secret, all).isFalse();
            assertThat(all.contains(secret.substring(0, secret.length() / 2)))
                    .as("half of %s in %s", secret, all)
                    .isFalse();
        }
    }

    @Test
    void shows_none_when_all_is_well() {
        for (String command : List.of("config", "fail", "print")) {
            run(variables(), "admin", command);
        }
        for (String format : List.of("dotenv", "markdown", "schema", "report")) {
            run(variables(), "admin", "config", "--format", format);
        }
        run(variables(), "--help");
        assertThat(seen).contains("***", "broken://");
        assertNothingLeaked();
    }

    @Test
    void shows_none_when_a_service_is_away() {
        run(variables());
        assertThat(seen).startsWith("69\n");
        assertNothingLeaked();
    }

    @Test
    void shows_none_when_a_value_is_refused() {
        List<String> ruins = List.of(
                "DATABASE_URL=postgres//" + secret(),
                "DATABASE_URL=postgres://u:" + secret() + "@h:99999/d",
                "DATABASE_URL=postgres://u:" + secret() + "%zz@h/d",
                "DATABASE_URL=postgres://u:8" + secret() + "/x@h/d",
                "DATABASE_URL=postgres://u:" + secret() + "@[::1/d",
                "DATABASE_URL=" + secret(),
                "DATABASE_URL=postgres://h/d?password=" + secret() + "&password=" + secret(),
                "KEYS=" + secret() + ",\\",
                "KEYRING=" + secret(),
                "KEYRING=a=" + secret() + ",a=" + secret(),
                "LIMIT=13",
                "LIMIT=" + "99999999999",
                "PORT=http://u:" + secret() + "@h/",
                "TOKEN_FILE=" + secret(),
                "TOKEN_FILE=/run/" + "missing",
                "DATABASE_URL_FILE=" + directory,
                "DOTENV=" + directory + "/missing");
        for (String ruin : ruins) {
            Map<String, String> variables = variables();
            int equals = ruin.indexOf('=');
            variables.put(ruin.substring(0, equals), ruin.substring(equals + 1));
            run(variables);
            run(variables, "admin", "config");
        }
        assertNothingLeaked();
    }

    @Test
    void shows_none_that_came_from_a_file_or_a_dotenv() throws IOException {
        Map<String, String> variables = variables();
        for (String name : List.of("TOKEN", "DATABASE_URL", "API_KEY", "KEYS")) {
            Path file = Files.writeString(directory.resolve(name), variables.get(name) + "\n");
            variables.remove(name);
            variables.put(name + "_FILE", file.toString());
        }
        run(variables, "admin", "print");
        run(variables);
        StringBuilder dotenv = new StringBuilder();
        Map<String, String> inFile = variables();
        inFile.forEach(
                (name, text) -> dotenv.append(name).append("='").append(text).append("'\n"));
        Path file = Files.writeString(directory.resolve(".env"), dotenv);
        run(Map.of("DOTENV", file.toString()), "admin", "print");
        run(Map.of("DOTENV", file.toString(), "LIMIT", "13"));
        Files.writeString(
                file, dotenv + "BROKEN " + secret() + "\nTOKEN2=\"" + secret() + "\nAPI_KEYS=" + secret() + "\n");
        run(Map.of("DOTENV", file.toString()), "admin", "config");
        run(Map.of("DOTENV", file.toString()));
        assertNothingLeaked();
    }
}
