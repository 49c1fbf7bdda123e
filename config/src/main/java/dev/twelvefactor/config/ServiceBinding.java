package dev.twelvefactor.config;

import dev.twelvefactor.config.Environment.Reading;
import dev.twelvefactor.config.Environment.Value;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service as Kubernetes mounts it: a directory below {@code SERVICE_BINDING_ROOT} with a file for each of its properties. The directory {@code orders-database} is what
 * {@code ORDERS_DATABASE_URL} stands for.
 *
 * @see <a href="https://servicebinding.io/spec/core/1.1.0/#workload-projection">Service Binding for Kubernetes, Workload Projection</a>
 */
record ServiceBinding(String name, Path directory) {
    private static final String ROOT = "SERVICE_BINDING_ROOT";
    private static final Pattern WITHOUT_USER = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)([^@]*)");

    /** What the types that differ from the scheme are called in a URL. */
    private static final Map<String, String> SCHEMES =
            Map.of("postgresql", "postgres", "rabbitmq", "amqp", "mongo", "mongodb");

    /** The URL for the variable, if there is a binding of its name. Whether there has to be one, the record says. */
    static Reading read(Environment environment, String variable) {
        Reading reading = environment.read(ROOT, false, false, Set.of());
        Value root = reading.value();
        if (root == null) {
            return reading.problem() == null ? Reading.ABSENT : Reading.absent(reading.problem());
        }
        String wanted = variable.replaceFirst("_UR[IL]$", "").toLowerCase(Locale.ROOT);
        Map<String, Path> all;
        try {
            all = all(Path.of(root.text().strip()));
        } catch (IOException | RuntimeException e) {
            String why = "names the directory " + Shown.quoted(root.text()) + ", which cannot be read ("
                    + e.getClass().getSimpleName() + ")";
            return Reading.absent(Problem.of(ROOT, why, root.origin()));
        }
        Path directory = all.get(normal(wanted));
        if (directory == null) {
            String instead = "is missing, and no service binding is called " + wanted.replace('_', '-')
                    + (all.isEmpty() ? "" : "; there are " + String.join(", ", all.keySet()));
            return Reading.absent(Problem.of(variable, instead, root.origin()));
        }
        return new ServiceBinding(String.valueOf(directory.getFileName()), directory).reading(variable);
    }

    private static Map<String, Path> all(Path root) throws IOException {
        Map<String, Path> bindings = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (!name.startsWith(".") && Files.isDirectory(entry)) {
                    bindings.put(normal(name), entry);
                }
            }
        }
        return bindings;
    }

    private static String normal(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-').replace('.', '-');
    }

    private Reading reading(String variable) {
        String origin = "service binding " + directory;
        try {
            return new Reading(new Value(text(), origin, Optional.of(this::textNow)), null);
        } catch (NamedFile.UnreadableException e) {
            return new Reading(
                    null, Problem.of(variable, "is to come from a service binding that " + e.getMessage(), origin));
        }
    }

    /** In the middle of a change it may be none, which leaves the URL as it was. */
    private String textNow() {
        try {
            return text();
        } catch (NamedFile.UnreadableException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private String text() throws NamedFile.UnreadableException {
        String userInfo = userInfo();
        Optional<String> uri = first("uri");
        if (uri.isPresent()) {
            Matcher withoutUser = WITHOUT_USER.matcher(uri.get());
            return withoutUser.matches() ? withoutUser.group(1) + userInfo + withoutUser.group(2) : uri.get();
        }
        String type = first("type").orElseThrow(() -> lacks("type")).toLowerCase(Locale.ROOT);
        String host = first("host", "bootstrap-servers").orElseThrow(() -> lacks("uri and no host"));
        boolean bareIpv6 = host.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
        return SCHEMES.getOrDefault(type, type) + "://" + userInfo
                + (bareIpv6 ? "[" + host + "]" : host)
                + first("port").map(port -> ":" + port).orElse("")
                + first("database", "vhost", "virtual-host", "bucket")
                        .map(path -> "/" + encoded(path))
                        .orElse("");
    }

    private String userInfo() throws NamedFile.UnreadableException {
        Optional<String> user = first("username");
        Optional<String> password = first("password").map(text -> ":" + encoded(text));
        return user.isEmpty() && password.isEmpty()
                ? ""
                : user.map(ServiceBinding::encoded).orElse("") + password.orElse("") + "@";
    }

    /** The first of these properties that is there; one trailing newline is not part of it. */
    private Optional<String> first(String... properties) throws NamedFile.UnreadableException {
        for (String property : properties) {
            Path file = directory.resolve(property);
            String text = Files.exists(file) ? NamedFile.readValue(file.toString()) : "";
            if (!text.isBlank()) {
                return Optional.of(text);
            }
        }
        return Optional.empty();
    }

    private static NamedFile.UnreadableException lacks(String what) {
        return new NamedFile.UnreadableException("has no " + what);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
