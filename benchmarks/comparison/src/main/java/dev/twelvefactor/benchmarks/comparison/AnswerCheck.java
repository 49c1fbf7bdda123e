package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whether an app does its work at all: no figure is taken of one that answers something else. */
final class AnswerCheck {
    private static final String TEN_FIELDS =
            "{\"id\":7,\"name\":\"Ada Lovelace\",\"email\":\"ada@example.com\",\"active\":true,\"score\":98.5,\"visits\":1815,\"city\":\"London\",\"country\":\"GB\",\"created\":\"1815-12-10\",\"note\":\"Hello, World!\"}";
    private static final List<String> BAD_ORDERS = List.of(
            Work.ORDER_BODY.replace("Ada Lovelace", " "),
            Work.ORDER_BODY.replace("Ada Lovelace", "a".repeat(101)),
            Work.ORDER_BODY.replace("@", "at"),
            Work.ORDER_BODY.replace(":3,", ":101,"),
            Work.ORDER_BODY.replace("\"pen\",\"paper\"", ""));

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final JsonMapper json = JsonMapper.shared();
    private final Entrant entrant;
    private final RunningApp app;

    private AnswerCheck(Entrant entrant, RunningApp app) {
        this.entrant = entrant;
        this.app = app;
    }

    /**
     * Fails unless the app answers as it has to.
     *
     * @return header lines that the load has to send: a session's cookie, or nothing
     */
    static String check(Work work, Entrant entrant, RunningApp app) throws IOException, InterruptedException {
        return new AnswerCheck(entrant, app).check(work);
    }

    private String check(Work work) throws IOException, InterruptedException {
        String path = entrant.prefix() + work.path();
        switch (work) {
            case TEXT -> {
                HttpResponse<String> answer = expect("GET", path, "", "", 200, "text/plain");
                require(answer.body().equals("Hello, World!"), path, answer);
            }
            case JSON -> expectJson(expect("GET", path, "", "", 200, "application/json"), path, TEN_FIELDS);
            case ORDER -> checkOrder(path);
            case ENTRY -> checkEntry(path);
            case PAGE -> {
                return checkPage(path);
            }
        }
        return "";
    }

    private void checkOrder(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = expect("POST", path, "", Work.ORDER_BODY, 200, "application/json");
        expectJson(answer, path, "{\"id\":42," + Work.ORDER_BODY.substring(1));
        for (String bad : BAD_ORDERS) {
            refused(path, bad);
        }
        refused(path.replace("42", "0"), Work.ORDER_BODY);
    }

    private void refused(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("POST", path, "", body);
        require(answer.statusCode() / 100 == 4, path + " with " + body, answer);
    }

    private void checkEntry(String path) throws IOException, InterruptedException {
        expectJson(
                expect("GET", path, "", "", 200, "application/json"),
                path,
                json.writeValueAsString(json.createObjectNode()
                        .put("id", 17)
                        .put("author", Services.author(17))
                        .put("message", Services.message(17))));
        String missing = path.replace("17", Integer.toString(Services.ROWS + 1));
        require(send("GET", missing, "", "").statusCode() == 404, missing, send("GET", missing, "", ""));
    }

    private String checkPage(String path) throws IOException, InterruptedException {
        HttpResponse<String> refused = send("GET", path, "", "");
        require(refused.statusCode() == 401, path + " without a session", refused);
        HttpResponse<String> login = send("GET", "/login?user=ann", "", "");
        String cookie = login.headers().firstValue("Set-Cookie").orElse("");
        require(
                login.statusCode() / 100 == 2 && cookie.toLowerCase(Locale.ROOT).contains("httponly"),
                "/login?user=ann",
                login);
        String header = cookie.replaceFirst(";.*", "");
        HttpResponse<String> answer = expect("GET", path, header, "", 200, "text/html");
        require(plain(answer.body()).equals(page()), path, answer);
        return "Cookie: " + header + "\r\n";
    }

    /** Without blanks between tags, and with one way to escape quotation marks. */
    private static String plain(String html) {
        return html.strip()
                .replaceAll(">\\s+<", "><")
                .replace("&#34;", "&quot;")
                .replace("&#39;", "'")
                .replace("<!DOCTYPE", "<!doctype");
    }

    private static String page() {
        StringBuilder page = new StringBuilder(
                "<!doctype html><html><head><title>Entries</title></head><body><p>Signed in as ann</p><table>");
        for (int id = 1; id <= 20; id++) {
            String message = Services.message(id)
                    .replace("&", "&amp;")
                    .replace("<", "&lt;")
                    .replace(">", "&gt;")
                    .replace("\"", "&quot;");
            page.append("<tr><td>%d</td><td>%s</td><td>%s</td></tr>".formatted(id, Services.author(id), message));
        }
        return page.append("</table></body></html>").toString();
    }

    private HttpResponse<String> expect(
            String method, String path, String cookie, String body, int status, String contentType)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = send(method, path, cookie, body);
        String type = answer.headers().firstValue("Content-Type").orElse("");
        require(answer.statusCode() == status && type.startsWith(contentType), path, answer);
        return answer;
    }

    private void expectJson(HttpResponse<String> answer, String path, String expected) {
        JsonNode tree;
        try {
            tree = json.readTree(answer.body());
        } catch (JacksonException e) {
            throw wrong(path, answer);
        }
        require(json.readTree(expected).equals(tree), path, answer);
    }

    private HttpResponse<String> send(String method, String path, String cookie, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(app.url(path)))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private void require(boolean right, String request, HttpResponse<String> answer) {
        if (!right) {
            throw wrong(request, answer);
        }
    }

    private IllegalStateException wrong(String request, HttpResponse<String> answer) {
        return new IllegalStateException(entrant + " answers " + request + " wrongly: " + answer.statusCode() + " "
                + answer.headers().firstValue("Content-Type").orElse("without Content-Type") + " " + answer.body());
    }
}
