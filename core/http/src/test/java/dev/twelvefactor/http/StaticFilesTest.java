package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StaticFilesTest {
    /** As a reproducible build gives it to all files. */
    private static final FileTime TIME = FileTime.fromMillis(1_000_000_000_000L);

    private final Routes routes = new Routes();
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final HttpClient client = HttpClient.newHttpClient();
    private RunningServer server;

    @TempDir
    private Path temporary;

    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectory(temporary.toRealPath().resolve("files"));
    }

    private void start() {
        server = new RunningServer(routes, Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"), lifecycle);
    }

    @AfterEach
    void stop() {
        lifecycle.drain();
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, TIME);
    }

    private HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = server.request(path).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private Response answer(String target) {
        return routes.answer(Request.of("GET", target));
    }

    private static ClassLoader release(Path jar, String text) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            JarEntry entry = new JarEntry("public/app.js");
            entry.setTimeLocal(TIME.toInstant().atOffset(ZoneOffset.UTC).toLocalDateTime());
            out.putNextEntry(entry);
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        Files.setLastModifiedTime(jar, TIME);
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    @Test
    void tells_the_assets_of_two_releases_apart_that_have_one_length_and_one_time() throws Exception {
        write(directory.resolve("1/app.js"), "release(1)");
        write(directory.resolve("2/app.js"), "release(2)");
        routes.files("/files/1", directory.resolve("1"));
        routes.files("/files/2", directory.resolve("2"));
        routes.assets("/jar/1", release(temporary.resolve("1.jar"), "release(1)"), "public");
        routes.assets("/jar/2", release(temporary.resolve("2.jar"), "release(2)"), "public");
        start();
        for (String kind : List.of("/files", "/jar")) {
            String tag = header(send("GET", kind + "/1/app.js"), "ETag");
            assertThat(tag).matches("\"[A-Za-z0-9_-]{22}\"");
            assertThat(send("GET", kind + "/1/app.js", "If-None-Match", tag).statusCode())
                    .isEqualTo(304);
            HttpResponse<String> next = send("GET", kind + "/2/app.js", "If-None-Match", tag);
            assertThat(next.statusCode()).as(kind).isEqualTo(200);
            assertThat(next.body()).isEqualTo("release(2)");
        }
    }

    @Test
    void gives_one_tag_to_one_content_wherever_it_lies() throws Exception {
        write(directory.resolve("app.js"), "release(1)");
        routes.files("/files", directory);
        routes.assets("/jar", release(temporary.resolve("1.jar"), "release(1)"), "public");
        Files.setLastModifiedTime(directory.resolve("app.js"), FileTime.fromMillis(0));
        assertThat(answer("/files/app.js").header("ETag"))
                .isPresent()
                .isEqualTo(answer("/jar/app.js").header("ETag"));
    }

    @Test
    void sees_that_a_file_was_written_to_although_its_length_and_time_stay() throws Exception {
        Path file = directory.resolve("app.js");
        routes.files("/files", directory);
        String before = "";
        for (int i = 100; i < 400; i++) {
            write(file, "release(" + i + ")");
            Request again = Request.of("GET", "/files/app.js").withHeader("If-None-Match", before);
            Response response = routes.answer(again);
            assertThat(response.text()).isEqualTo("release(" + i + ")");
            before = response.header("ETag").orElseThrow();
            assertThat(routes.answer(again.withHeader("If-None-Match", before)).status())
                    .isEqualTo(304);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET  | If-Match: TAG | 200",
                "GET  | If-Match: \"other\" | 412",
                "GET  | If-Match: \"other\", TAG | 200",
                "GET  | If-Match: * | 200",
                "GET  | If-Match: W/TAG | 412",
                "HEAD | If-Match: \"other\" | 412",
                "GET  | If-Match: \"a\"; If-Match: TAG | 200",
                "GET  | If-None-Match: \"a\"; If-None-Match: W/TAG | 304",
                "GET  | If-None-Match: * | 304",
                "HEAD | If-None-Match: TAG | 304",
                "GET  | If-None-Match: \"a, b\", TAG | 304",
                "GET  | If-Match: TAG; If-None-Match: TAG | 304",
                "GET  | If-Match: \"other\"; If-None-Match: TAG | 412",
                "GET  | If-Match: TAG; Range: bytes=2-4 | 206",
                "GET  | If-Match: \"other\"; Range: bytes=2-4 | 412",
                "GET  | If-None-Match: TAG; Range: bytes=99- | 304",
                "GET  | If-Range: TAG; Range: bytes=2-4 | 206",
                "GET  | If-Range: W/TAG; Range: bytes=2-4 | 200",
                "GET  | If-Range: Sat, 29 Oct 2094 19:43:31 GMT; Range: bytes=2-4 | 200",
                "GET  | Range: BYTES=2-4 | 206",
                "GET  | Range: bytes=99- | 416",
                "HEAD | Range: bytes=2-4 | 200",
                "HEAD | Range: bytes=99- | 200",
                "GET  | If-Unmodified-Since: Sat, 29 Oct 1994 19:43:31 GMT | 200",
                "GET  | If-Modified-Since: Sat, 29 Oct 2094 19:43:31 GMT | 200",
            })
    void keeps_the_order_of_preconditions_and_range(String method, String fields, int status) throws Exception {
        write(directory.resolve("app.js"), "0123456789");
        routes.files("/files", directory);
        start();
        String tag = header(send("GET", "/files/app.js"), "ETag");
        List<String> headers = new ArrayList<>();
        for (String field : fields.replace("TAG", tag).split("; ", -1)) {
            headers.addAll(List.of(field.split(": ", 2)));
        }
        HttpResponse<String> response = send(method, "/files/app.js", headers.toArray(String[]::new));
        assertThat(response.statusCode()).isEqualTo(status);
        if (status == 206) {
            assertThat(response.body()).isEqualTo("234");
            assertThat(header(response, "Content-Range")).isEqualTo("bytes 2-4/10");
        } else if (status == 200) {
            assertThat(header(response, "Content-Length")).isEqualTo("10");
            assertThat(header(response, "Content-Range")).isEmpty();
        }
        assertThat(header(response, "ETag")).isEqualTo(status == 412 || status == 416 ? "" : tag);
        assertThat(header(response, "Last-Modified")).isEmpty();
    }

    @Test
    void says_of_a_variant_that_it_is_compressed_but_not_of_a_problem() throws Exception {
        write(directory.resolve("app.js"), "0123456789");
        write(directory.resolve("app.js.gz"), "compressed");
        routes.files("/files", directory);
        Request request = Request.of("GET", "/files/app.js").withHeader("Accept-Encoding", "gzip");
        Response variant = routes.answer(request);
        assertThat(variant.header("Content-Encoding")).contains("gzip");
        assertThat(variant.header("ETag").orElseThrow()).endsWith("-gzip\"");
        for (Request refused :
                List.of(request.withHeader("Range", "bytes=99-"), request.withHeader("If-Match", "\"x\""))) {
            assertThat(routes.answer(refused).header("Content-Type")).contains("application/problem+json");
            assertThat(routes.answer(refused).header("Content-Encoding")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/"})
    void serves_under_a_prefix_with_and_without_a_slash_at_its_end(String slash) throws Exception {
        write(directory.resolve("app.js"), "0123456789");
        routes.files("/files" + slash, directory);
        routes.group("/group", group -> group.files(slash, directory));
        routes.assets("/assets" + slash, StaticFilesTest.class.getClassLoader(), "dev/twelvefactor/http" + slash);
        routes.undertow("/raw" + slash, exchange -> exchange.getResponseSender().send(exchange.getRequestPath()));
        start();
        assertThat(send("GET", "/files/app.js").body()).isEqualTo("0123456789");
        assertThat(send("GET", "/group/app.js").body()).isEqualTo("0123456789");
        assertThat(send("GET", "/assets/StaticFilesTest.class").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/raw").body()).isEqualTo("/raw");
        assertThat(send("GET", "/raw/").body()).isEqualTo("/raw/");
        assertThat(send("GET", "/raw/a/b").body()).isEqualTo("/raw/a/b");
        assertThat(send("GET", "/rawhide").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/"})
    void serves_under_the_root(String root) throws Exception {
        write(directory.resolve("app.js"), "0123456789");
        routes.files(root, directory);
        routes.undertow("/raw", exchange -> exchange.getResponseSender().send("raw"));
        start();
        assertThat(send("GET", "/app.js").body()).isEqualTo("0123456789");
        assertThat(send("GET", "/raw/a").body()).isEqualTo("raw");
    }

    @Test
    void leaves_everything_to_a_handler_of_undertow_but_what_another_has_under_a_longer_prefix() throws Exception {
        routes.undertow("/", exchange -> exchange.getResponseSender().send("all"));
        routes.undertow("/raw", exchange -> exchange.getResponseSender().send("raw"));
        start();
        assertThat(send("GET", "/").body()).isEqualTo("all");
        assertThat(send("GET", "/a/b").body()).isEqualTo("all");
        assertThat(send("GET", "/raw/a").body()).isEqualTo("raw");
        assertThatThrownBy(() -> routes.undertow("/raw/", exchange -> {}))
                .hasMessage("two handlers of Undertow answer /raw/; remove one");
        assertThatThrownBy(() -> routes.undertow("raw", exchange -> {}))
                .hasMessage("a prefix begins with a slash, which \"raw\" does not");
    }

    private static void replace(Path file, Path by) throws IOException {
        Files.move(by, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void sends_the_file_that_it_has_found_although_another_takes_its_place() throws Exception {
        Path file = directory.resolve("app.js");
        routes.files("/files", directory);
        write(file, "0123456789");
        Response found = answer("/files/app.js");
        write(directory.resolve("new"), "abcdefghijklmnopqrstuvwxyz");
        replace(file, directory.resolve("new"));
        assertThat(found.text()).isEqualTo("0123456789");

        Response again = answer("/files/app.js");
        write(temporary.resolve("secret"), "hunter2 is what nobody is to read");
        replace(file, Files.createSymbolicLink(directory.resolve("link"), temporary.resolve("secret")));
        assertThat(again.text()).isEqualTo("abcdefghijklmnopqrstuvwxyz");
        assertThat(answer("/files/app.js").status()).isEqualTo(404);
    }

    @Test
    void never_leaves_the_directory_while_files_and_folders_are_replaced_by_links() throws Exception {
        write(temporary.resolve("outside/app.js"), "hunter2");
        write(directory.resolve("in/app.js"), "content");
        routes.files("/files", directory);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger rounds = new AtomicInteger();
        Thread replacing = new Thread(() -> {
            try {
                while (!ended.get()) {
                    Path link = directory.resolve("link" + rounds.incrementAndGet());
                    Files.createSymbolicLink(link, temporary.resolve("outside/app.js"));
                    replace(directory.resolve("in/app.js"), link);
                    write(directory.resolve("new"), "content");
                    replace(directory.resolve("in/app.js"), directory.resolve("new"));
                    Files.move(directory.resolve("in"), directory.resolve("aside"));
                    Files.createSymbolicLink(directory.resolve("in"), temporary.resolve("outside"));
                    Files.delete(directory.resolve("in"));
                    Files.move(directory.resolve("aside"), directory.resolve("in"));
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        replacing.start();
        for (int i = 0; i < 500 || rounds.get() < 500; i++) {
            Response response = answer("/files/in/app.js");
            assertThat(response.status()).isIn(200, 404);
            assertThat(response.text()).doesNotContain("hunter2");
        }
        ended.set(true);
        replacing.join();
        assertThat(answer("/files/in/app.js").text()).isEqualTo("content");
    }

    @ParameterizedTest
    @ValueSource(strings = {".env", ".git/config", "..v1/.env", "..env"})
    void publishes_nothing_through_a_link_that_a_request_cannot_name(String hidden) throws Exception {
        write(directory.resolve(hidden), "hunter2");
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve(hidden));
        write(directory.resolve("app.js"), "content");
        Files.createSymbolicLink(directory.resolve("app.js.gz"), directory.resolve(hidden));
        routes.files("/files", directory);
        assertThat(answer("/files/link").status()).isEqualTo(404);
        Response compressed = routes.answer(Request.of("GET", "/files/app.js").withHeader("Accept-Encoding", "gzip"));
        assertThat(compressed.text()).isEqualTo("content");
    }

    @Test
    void follows_the_links_of_a_volume_that_is_renewed() throws Exception {
        write(directory.resolve("..v1/app.js"), "release(1)");
        write(directory.resolve("..v2/app.js"), "release(2)");
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..v1"));
        Files.createSymbolicLink(directory.resolve("app.js"), Path.of("..data/app.js"));
        Files.createSymbolicLink(temporary.resolve("current"), directory.resolve("..v1"));
        routes.files("/files", directory);
        routes.files("/current", temporary.resolve("current"));
        assertThat(answer("/files/app.js").text()).isEqualTo("release(1)");
        assertThat(answer("/current/app.js").text()).isEqualTo("release(1)");
        replace(directory.resolve("..data"), Files.createSymbolicLink(directory.resolve("..next"), Path.of("..v2")));
        replace(
                temporary.resolve("current"),
                Files.createSymbolicLink(temporary.resolve("next"), directory.resolve("..v2")));
        assertThat(answer("/files/app.js").text()).isEqualTo("release(2)");
        assertThat(answer("/current/app.js").text()).isEqualTo("release(2)");
    }

    @Test
    void serves_a_directory_of_another_file_system() throws Exception {
        Path zip = temporary.resolve("files.zip");
        try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + zip.toUri()), Map.of("create", "true"))) {
            write(files.getPath("/public/app.js"), "0123456789");
            routes.files("/files", files.getPath("/public"));
            Response response = answer("/files/app.js");
            assertThat(response.text()).isEqualTo("0123456789");
            assertThat(response.header("ETag")).isPresent();
            assertThat(answer("/files/other.js").status()).isEqualTo(404);
        }
    }

    @Test
    void sees_that_a_resource_in_a_directory_was_changed() throws Exception {
        write(directory.resolve("public/app.js"), "release(1)");
        routes.assets("/assets", new URLClassLoader(new URL[] {directory.toUri().toURL()}, null), "public");
        Response before = answer("/assets/app.js");
        write(directory.resolve("public/app.js"), "release(2)");
        Response after = answer("/assets/app.js");
        assertThat(after.text()).isEqualTo("release(2)");
        assertThat(after.header("ETag")).isNotEqualTo(before.header("ETag"));
    }

    @Test
    void writes_nothing_for_head_and_says_how_much_it_would_be() throws Exception {
        write(directory.resolve("app.js"), "0123456789");
        routes.files("/files", directory);
        Response head = routes.answer(Request.of("HEAD", "/files/app.js").withHeader("Range", "bytes=2-4"));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.text()).isEmpty();
        assertThat(head.body()).isInstanceOfSatisfying(Body.Stream.class, body -> assertThat(body.length())
                .isEqualTo(10));
    }

    @Test
    void needs_its_directory_at_the_start() {
        assertThatThrownBy(() -> routes.files("/files", Path.of("/nowhere")))
                .hasMessage("there is no directory /nowhere");
    }

    /** What a process answers whose locale has nothing beyond ASCII. */
    public static final class InAsciiLocale {
        private InAsciiLocale() {}

        public static void main(String[] args) throws Exception {
            Path directory = Path.of(args[0]);
            Routes routes = new Routes().files("/files", directory);
            routes.assets(
                    "/assets", new URLClassLoader(new URL[] {directory.toUri().toURL()}, null), "sub");
            OutputStream out = System.out;
            for (String path : List.of(
                    "/files/gr%C3%BC%C3%9Fe.txt",
                    "/files/sub/%E6%96%87%20%25.txt",
                    "/assets/%E6%96%87%20%25.txt",
                    "/files/%C3%A4.txt",
                    "/assets/%C3%A4.txt")) {
                Response response = routes.answer(Request.of("GET", path));
                String text = response.status() == 200 ? response.text() : "";
                out.write((response.status() + text + ";").getBytes(StandardCharsets.UTF_8));
            }
            out.flush();
        }
    }

    @Test
    void serves_names_beyond_ascii_in_whatever_locale_the_process_runs() throws Exception {
        URI names = directory.toUri();
        Files.writeString(Path.of(URI.create(names + "gr%C3%BC%C3%9Fe.txt")), "greetings");
        Files.createDirectory(directory.resolve("sub"));
        Files.writeString(Path.of(URI.create(names + "sub/%E6%96%87%20%25.txt")), "letters");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                InAsciiLocale.class.getName(),
                directory.toString());
        java.environment().put("LC_ALL", "C");
        java.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = java.start();
        String answers = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(answers).isEqualTo("200greetings;200letters;200letters;404;404;");
    }
}
