package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MultipartTest {
    private static final String TYPE = "multipart/form-data; boundary=xyz";

    private static Multipart form(String body) {
        return Request.of("POST", "/").withBody(TYPE, body).multipart();
    }

    /** Gives what it has in pieces of any size, as a network does. */
    private static InputStream inPieces(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(40)));
            }
        };
    }

    @Test
    void reads_fields_and_files_one_after_the_other() throws IOException {
        Multipart form = form("""
                --xyz\r
                Content-Disposition: form-data; name="title"\r
                \r
                Grüße\r
                --xyz\r
                content-disposition: form-data; name="file"; filename="C:\\dir\\a \\"b\\".txt"\r
                Content-Type: text/x\r
                \r
                line\r
                --xy\r
                -- xyz\r
                \r
                --xyz\r
                Content-Disposition: form-data; name=empty\r
                \r
                \r
                --xyz--\r
                epilogue""");
        Multipart.Part title = form.next().orElseThrow();
        assertThat(title.name()).isEqualTo("title");
        assertThat(title.fileName()).isEmpty();
        assertThat(title.contentType()).isEqualTo("text/plain");
        assertThat(title.text()).isEqualTo("Grüße");
        Multipart.Part file = form.next().orElseThrow();
        assertThat(file.fileName()).contains("a \"b\".txt");
        assertThat(file.contentType()).isEqualTo("text/x");
        assertThat(file.stream().readAllBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("line\r\n--xy\r\n-- xyz\r\n");
        assertThat(form.next().orElseThrow().text()).isEmpty();
        assertThat(form.next()).isEmpty();
        assertThat(form.next()).isEmpty();
        assertThatThrownBy(() -> file.stream().read()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void passes_over_what_is_not_read() throws IOException {
        Multipart form = form(
                ("--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n" + "x".repeat(100_000) + "\r\n").repeat(3)
                        + "--xyz--");
        assertThat(form.next()).isPresent();
        assertThat(form.next().orElseThrow().stream().readNBytes(10)).hasSize(10);
        Multipart.Part third = form.next().orElseThrow();
        assertThatThrownBy(third::text).isInstanceOf(HttpException.class).hasMessageContaining("413");
        assertThat(form.next()).isEmpty();
    }

    @Test
    void finds_every_part_whatever_is_in_it_and_however_it_comes() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            List<String> parts = new ArrayList<>();
            StringBuilder body = new StringBuilder();
            for (int i = random.nextInt(5); i >= 0; i--) {
                StringBuilder part = new StringBuilder();
                for (int j = random.nextInt(60); j > 0; j--) {
                    part.append(List.of("\r", "\n", "\r\n", "-", "--", "--xy", "x", "\r\n--xy", "0".repeat(5000))
                            .get(random.nextInt(9)));
                }
                String text = part.toString();
                parts.add(text);
                body.append("--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n")
                        .append(text)
                        .append("\r\n");
            }
            body.append("--xyz--\r\n");
            Multipart form = Multipart.of(TYPE, inPieces(body.toString().getBytes(StandardCharsets.US_ASCII), random));
            List<String> read = new ArrayList<>();
            for (Optional<Multipart.Part> part = form.next(); part.isPresent(); part = form.next()) {
                read.add(new String(part.get().stream().readAllBytes(), StandardCharsets.US_ASCII));
            }
            assertThat(read).as("round %d", round).isEqualTo(parts);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--xyz",
                "--xyz\r\n",
                "preamble\r\n--xyz--",
                "--xyzz\r\n",
                "--xyz \r\n",
                "--xyz\n",
                "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nbroken off",
                "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nbroken off\r\n--xy",
                "--xyz\r\nContent-Disposition: form-data; name=a\n\n\r\n--xyz--",
                "--xyz\r\n\r\nno head\r\n--xyz--",
                "--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\n\r\n--xyz--",
                "--xyz\r\nContent-Disposition: form-data; filename=a\r\n\r\n\r\n--xyz--",
                "--xyz\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n\r\n--xyz--",
                "--xyz\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\n\r\n--xyz--",
                "--xyz\r\nContent-Disposition: form-data; name=\"a\r\n\r\n\r\n--xyz--",
                "--xyz\r\nContent-Disposition: form-data; name=a\r\n folded\r\n\r\n\r\n--xyz--",
                "--xyz\r\nContent-Disposition: form-data; name=a\u0000\r\n\r\n\r\n--xyz--"
            })
    void refuses_what_does_not_follow_the_standard(String body) {
        assertThatThrownBy(() -> {
                    Multipart form = form(body);
                    while (form.next().isPresent()) {
                        // What is not read is passed over.
                    }
                })
                .isInstanceOf(HttpException.class)
                .hasMessageStartingWith("400 The form ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name=\"f\";", "name=\"f\"; ", ";name=f", "; ; name=\"f\" ;\t; filename=\"a.txt\";"})
    void takes_a_disposition_with_nothing_between_its_semicolons(String parameters) throws IOException {
        Multipart form = form("--xyz\r\nContent-Disposition: form-data; " + parameters + "\r\n\r\nx\r\n--xyz--");
        Multipart.Part part = form.next().orElseThrow();
        assertThat(part.name()).isEqualTo("f");
        assertThat(part.text()).isEqualTo("x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "filename*=UTF-8''gr%C3%BC%C3%9Fe%20+.txt | grüße +.txt",
                "filename*=utf-8'de'a.txt | a.txt",
                "filename*=\"UTF-8''a.txt\" | a.txt",
                "filename=\"=?utf-8?B?Z3LDvMOfZS50eHQ=?=\"; filename*=utf-8''gr%C3%BC%C3%9Fe.txt | grüße.txt",
                "FileName*=UTF-8''b.txt; filename=a.txt | b.txt",
                "filename*=UTF-8''..%2F..%2Fetc%5Cpasswd | passwd",
                "filename=\"/etc/a\\b.txt\" | b.txt",
                "filename=\"grüße.txt\" | grüße.txt",
                "filename=\"dir/\" | ``"
            })
    void finds_the_name_of_the_file(String parameters, String name) throws IOException {
        Multipart form = form("--xyz\r\nContent-Disposition: form-data; name=f; " + parameters + "\r\n\r\n\r\n--xyz--");
        assertThat(form.next().orElseThrow().fileName()).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.txt",
                "ISO-8859-1''a.txt",
                "UTF-8'a.txt",
                "UTF-8''%FF",
                "UTF-8''%4",
                "UTF-8''a%00b",
                "UTF-8''a%0D%0Ab",
                "\"UTF-8''a b\""
            })
    void refuses_a_name_of_a_file_that_cannot_be_decoded(String name) {
        Multipart form =
                form("--xyz\r\nContent-Disposition: form-data; name=f; filename*=" + name + "\r\n\r\n\r\n--xyz--");
        assertThatThrownBy(form::next)
                .isInstanceOf(HttpException.class)
                .hasMessage("400 The form has a part whose filename* is not UTF-8''name with percent-encoding.");
    }

    @Test
    void refuses_parts_without_end() {
        String part = "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n";
        Multipart many = form(part.repeat(1001) + "--xyz--");
        assertThatThrownBy(() -> {
                    while (many.next().isPresent()) {
                        // One more.
                    }
                })
                .hasMessageContaining("413");
        Multipart wide =
                form("--xyz\r\nContent-Disposition: form-data; name=" + "a".repeat(9000) + "\r\n\r\n\r\n--xyz--");
        assertThatThrownBy(wide::next).hasMessageContaining("too long");
        Multipart tall = form("--xyz\r\n" + "A: b\r\n".repeat(2000));
        assertThatThrownBy(tall::next).hasMessageContaining("two fields");
    }

    @Test
    void finds_a_long_name_of_a_file_in_little_time() throws IOException {
        String name = "n".repeat(7000);
        Multipart form =
                form("--xyz\r\nContent-Disposition: form-data; name=a; filename=\"" + name + "\"\r\n\r\n\r\n--xyz--");
        Multipart.Part part = form.next().orElseThrow();
        for (int i = 0; i < 10_000; i++) {
            assertThat(part.fileName()).contains(name);
        }
    }

    @Test
    void reads_long_names_in_little_time() throws IOException {
        String name = "n".repeat(7000);
        Multipart form = form("--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n\r\n"
                + ("--xyz\r\nContent-Disposition: form-data; name=a\r\nX: x" + " ".repeat(7000) + "x\r\n\r\n\r\n")
                        .repeat(200)
                + "--xyz--");
        assertThat(form.next().orElseThrow().name()).isEqualTo(name);
        int parts = 0;
        while (form.next().isPresent()) {
            parts++;
        }
        assertThat(parts).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/mixed; boundary=xyz",
                "application/x-www-form-urlencoded",
                "''"
            })
    void takes_no_other_media_type(String type) {
        assertThatThrownBy(() -> Request.of("POST", "/").withBody(type, "").multipart())
                .hasMessageContaining("415");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Multipart/Form-Data;boundary=\"xyz\"",
                "multipart/form-data; charset=utf-8; boundary=xyz",
                "multipart/form-data; boundary=xyz; charset=utf-8"
            })
    void finds_the_boundary(String type) throws IOException {
        assertThat(Request.of("POST", "/")
                        .withBody(type, "--xyz--\r\n")
                        .multipart()
                        .next())
                .isEmpty();
    }
}
