package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.http.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReleaseTest {
    private static final String COMMIT = "8f3a2c1d5e0a91c2b7f08f3a2c1d5e0a91c2b7f0";

    @TempDir
    private Path folder;

    private final InProcess process = new InProcess();

    record Settings(Secret apiToken, @Default("5") int most) {}

    private final App<Settings> app = App.of("shop", Settings.class)
            .web((settings, wiring, routes) -> routes.get("/", request -> Response.text("")));

    /** In a jar of its own: what the builds below are made of. */
    static final class Content {
        private Content() {}
    }

    private Build build(Map<String, String> attributes, String content) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.forEach(manifest.getMainAttributes()::putValue);
        Path jar = Files.createTempFile(folder, "app", ".jar");
        String entry = Content.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            put(out, "content.txt", content.getBytes(StandardCharsets.UTF_8));
            try (var in = getClass().getClassLoader().getResourceAsStream(entry)) {
                put(out, entry, in.readAllBytes());
            }
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            return Build.of(loader.loadClass(Content.class.getName()));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        ((OutputStream) out).write(bytes);
        out.closeEntry();
    }

    private String release() {
        assertThat(process.run(app, "admin", "release")).isEqualTo(ExitStatus.OK);
        return process.out().lines().findFirst().orElseThrow();
    }

    @Test
    void knows_its_build_by_the_manifest() throws IOException {
        Build build = build(
                Map.of(
                        "Implementation-Version", "1.4.2",
                        "Build-Commit", COMMIT,
                        "Build-Dirty", "false",
                        "Build-Time", "2026-11-01T00:00:00Z"),
                "a");
        assertThat(build.version()).isEqualTo("1.4.2");
        assertThat(build.commit()).contains(COMMIT);
        assertThat(build.dirty()).isFalse();
        assertThat(build.time()).contains(Instant.parse("2026-11-01T00:00:00Z"));
        assertThat(build.id()).isEqualTo("8f3a2c1d5e0a");
        assertThat(build.sentence()).isEqualTo("1.4.2, commit 8f3a2c1d5e0a of 2026-11-01T00:00:00Z");
    }

    @Test
    void tells_builds_apart_that_have_no_commit_or_more_than_it() throws IOException {
        Map<String, String> dirty = Map.of("Build-Commit", COMMIT, "Build-Dirty", "true");
        assertThat(build(dirty, "a").id())
                .startsWith("8f3a2c1d5e0a-dirty-")
                .isEqualTo(build(dirty, "a").id())
                .isNotEqualTo(build(dirty, "b").id());
        assertThat(build(Map.of(), "a").id())
                .startsWith("unknown-")
                .isEqualTo(build(Map.of(), "a").id())
                .isNotEqualTo(build(Map.of(), "b").id());
    }

    @Test
    void is_the_same_for_the_same_build_and_configuration_and_another_for_any_change() {
        process.environment.put("API_TOKEN", "Zae8oo2aefZae8oo2aef");
        String first = release();
        assertThat(release()).isEqualTo(first);
        process.environment.put("MOST", "6");
        String second = release();
        process.environment.put("API_TOKEN", "Zae8oo2aefZae8oo2aeg");
        assertThat(release()).isNotEqualTo(second);
        assertThat(second).isNotEqualTo(first);
        process.environment.put("PORT", "12345");
        process.environment.put("MOST", "5");
        process.environment.put("API_TOKEN", "Zae8oo2aefZae8oo2aef");
        assertThat(release()).isEqualTo(first);
    }

    @Test
    void shows_the_names_that_it_covers_and_no_value() {
        process.environment.put("API_TOKEN", "Zae8oo2aefZae8oo2aef");
        process.environment.put("MOST", "4711");
        assertThat(process.run(app, "admin", "release")).isEqualTo(ExitStatus.OK);
        assertThat(process.out())
                .contains("named by the build and the configuration\nbuild unknown\n", "\n  API_TOKEN\n", "\n  MOST\n")
                .doesNotContain("Zae8", "4711", "  PORT\n");
        process.environment.put("API_TOKEN", "short");
        assertThat(process.run(app, "admin", "release")).isEqualTo(ExitStatus.OK);
        assertThat(process.out()).contains("  API_TOKEN (without its secret, too short to be hidden in a digest)\n");
    }

    @Test
    void is_named_by_the_operator_or_else_by_the_platform() {
        process.environment.put("API_TOKEN", "x");
        process.environment.put("FLY_IMAGE_REF", "registry.fly.io/shop:deployment-01H9RK");
        assertThat(release()).startsWith("deployment-01H9RK-");
        process.environment.put("K_REVISION", "shop-00042-abc");
        assertThat(release()).isEqualTo("shop-00042-abc");
        process.environment.put("HEROKU_RELEASE_VERSION", "v42");
        assertThat(release()).isEqualTo("v42");
        process.environment.put("RELEASE_ID", "mine");
        assertThat(release()).isEqualTo("mine");
        assertThat(process.out()).contains("named by RELEASE_ID\n");
    }

    @Test
    void is_none_without_a_valid_configuration() {
        assertThat(process.run(app, "admin", "release")).isEqualTo(ExitStatus.CONFIG);
        assertThat(process.out())
                .startsWith("There is no release: the configuration is invalid.\n  API_TOKEN is missing;");
    }
}
