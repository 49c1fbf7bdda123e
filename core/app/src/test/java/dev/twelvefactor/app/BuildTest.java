package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.List;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Where classes may come from, and what is known of their build then. */
@Timeout(60)
class BuildTest {
    @TempDir
    private Path folder;

    private final InProcess process = new InProcess();

    /** The app's code, loaded from wherever a test says. */
    public static final class Wiring implements Consumer<Routes> {
        @Override
        public void accept(Routes routes) {
            routes.get("/", request -> Response.text(""));
        }
    }

    /** Defines one class with a code source of its own. */
    private static final class Loader extends ClassLoader {
        Loader() {
            super(BuildTest.class.getClassLoader());
        }

        Class<?> define(CodeSource source) throws IOException {
            String name = Wiring.class.getName();
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length, new ProtectionDomain(source, null));
            }
        }
    }

    private static Class<?> from(URL location) throws IOException {
        return new Loader().define(new CodeSource(location, (Certificate[]) null));
    }

    private Path jar(String name) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "1.4.2");
        Path jar = folder.resolve(name);
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        return jar;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"app.jar", "a b.jar", "a+b.jar", "a%20b.jar", "a%b.jar", "a#b.jar", "a?b.jar", "\u00fc\u20ac.jar"
            })
    @SuppressWarnings("deprecation") // URL's constructors are those that class loaders use.
    void is_found_whatever_its_path_is_made_of(String name) throws Exception {
        Path jar = jar(name);
        assertThat(Build.of(from(jar.toUri().toURL())).version()).as("encoded").isEqualTo("1.4.2");
        if (!name.contains("%") && !name.contains("#") && !name.contains("?")) {
            URL plain = new URL("file:" + jar);
            assertThat(Build.of(from(plain)).version()).as("not encoded").isEqualTo("1.4.2");
        }
    }

    /** What a class loader of an app server or a fat jar may say of a class. */
    private CodeSource source(String kind) throws IOException {
        Path file = folder.resolve("some.jar");
        return switch (kind) {
            case "none" -> null;
            case "no location" -> new CodeSource(null, (Certificate[]) null);
            case "nested" -> located("jar:file:/app.jar!/BOOT-INF/classes/");
            case "http" -> located("http://user:hunter22@localhost/app.jar");
            case "host" -> located("file://host/app.jar");
            case "deleted" -> located(file.toUri().toString());
            case "garbage" -> located(Files.writeString(file, "no jar").toUri().toString());
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static CodeSource located(String url) throws IOException {
        return new CodeSource(URI.create(url).toURL(), (Certificate[]) null);
    }

    @SuppressWarnings("unchecked")
    private static App<NoSettings> app(Class<?> home) throws ReflectiveOperationException {
        Consumer<Routes> wiring =
                (Consumer<Routes>) home.getDeclaredConstructor().newInstance();
        return App.of("shop")
                .web(wiring)
                .admin(
                        "hello",
                        "Say hello",
                        NoOptions.class,
                        (settings, options, some, output) -> output.text("hello"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "no location", "nested", "http", "host", "deleted", "garbage"})
    void is_unknown_with_one_warning_and_every_event_is_written(String kind) throws Exception {
        Class<?> home = new Loader().define(source(kind));
        assertThat(process.run(app(home), "admin", "hello")).as(process.err()).isEqualTo(ExitStatus.OK);
        assertThat(process.events())
                .allSatisfy(event -> assertThat(event.get("version").asString()).isEqualTo("unknown"))
                .extracting(event -> event.get("message").asString())
                .contains("hello", "the task hello has ended: succeeded", "stopped");
        List<JsonNode> warnings = process.events().stream()
                .filter(event -> event.get("level").asString().equals("WARN"))
                .toList();
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0).get("message").asString())
                .isEqualTo("The build is unknown, so events have no version of it: "
                        + switch (kind) {
                            case "none", "no location" -> "the class loader does not say where its classes come from";
                            case "nested" -> "its classes come from a URL with the scheme jar, not from a jar file";
                            case "http" -> "its classes come from a URL with the scheme http, not from a jar file";
                            case "host" -> "its classes come from a file URL that is no path of this machine";
                            case "deleted" -> folder.resolve("some.jar") + " is not there any more";
                            default -> folder.resolve("some.jar") + " cannot be read as a jar (ZipException)";
                        }
                        + "; run the app from its jar");
        assertThat(process.run(app(home), "--version")).isEqualTo(ExitStatus.OK);
        assertThat(process.out()).startsWith("shop unknown");
    }

    @Test
    void is_unknown_without_a_warning_in_development() throws Exception {
        Path source = Files.writeString(folder.resolve("Hello.java"), "class Hello {}", StandardCharsets.UTF_8);
        for (Path place : List.of(folder, source)) {
            Class<?> home = from(place.toUri().toURL());
            assertThat(process.run(app(home), "admin", "hello")).isEqualTo(ExitStatus.OK);
            assertThat(process.events())
                    .allSatisfy(
                            event -> assertThat(event.get("version").asString()).isEqualTo("unknown"))
                    .noneMatch(event -> event.get("level").asString().equals("WARN"));
        }
    }
}
