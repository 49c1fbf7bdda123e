package dev.twelvefactor.examples.guestbook;

import dev.twelvefactor.http.HttpException;
import dev.twelvefactor.http.Request;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.http.Routes;
import dev.twelvefactor.http.Session;
import java.sql.SQLException;
import java.util.Map;

/** The page and the API. */
final class Pages {
    private static final int SHOWN = 50;
    private static final int LONGEST_PAUSE = 20;

    private final Entries entries;

    Pages(Entries entries) {
        this.entries = entries;
    }

    void addTo(Routes routes) {
        routes.get("/", this::page);
        routes.post("/", this::sign);
        routes.get("/api/entries", request -> Response.json(entries.newest(SHOWN)));
        routes.get("/api/entries/{id}", request -> Response.jsonOr404(entries.find(request.path("id", Long::valueOf))));
        routes.post("/api/entries", request -> Response.created(entries.add(request.json(NewEntry.class))));
        routes.webSocket("/live", new Live(entries, SHOWN)::open);
        routes.assets("/assets", Pages.class.getClassLoader(), "public");
        routes.get("/slow", Pages::slow);
    }

    private Response page(Request request) throws SQLException {
        Session session = request.session();
        int visits = session.get("visits").map(Integer::valueOf).orElse(0) + 1;
        session.put("visits", Integer.toString(visits));
        String author = session.get("author").orElse("");
        String page = PageTemplate.render(entries.newest(SHOWN), author, visits, session.csrfToken(), instance());
        return Response.html(page)
                .withHeader("Cache-Control", "no-store")
                .withHeader(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; form-action 'self'");
    }

    private Response sign(Request request) throws SQLException {
        Map<String, String> form = request.form();
        NewEntry entry;
        try {
            entry = new NewEntry(form.getOrDefault("author", ""), form.getOrDefault("message", ""));
        } catch (IllegalArgumentException e) {
            throw new HttpException(422, "The entry was refused: " + e.getMessage() + ".");
        }
        request.session().put("author", entry.author());
        Entry added = entries.add(entry);
        return Response.seeOther("/#entry-" + added.id());
    }

    /** Answers late, so that a drain can be watched: {@code /slow?seconds=5}. */
    private static Response slow(Request request) throws InterruptedException {
        int seconds;
        try {
            seconds = Integer.parseInt(request.query("seconds").orElse("2"));
        } catch (NumberFormatException e) {
            throw new HttpException(400, "seconds is a whole number.");
        }
        Thread.sleep(1000L * Math.max(0, Math.min(LONGEST_PAUSE, seconds)));
        return Response.text("answered by " + instance() + " after " + seconds + " s\n");
    }

    private static String instance() {
        return "process " + ProcessHandle.current().pid();
    }
}
