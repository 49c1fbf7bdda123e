package contender;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.Status;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.session.Session;
import io.micronaut.session.annotation.SessionValue;
import java.sql.SQLException;

@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
public class PageController {

    private final EntryRepository entries;

    PageController(EntryRepository entries) {
        this.entries = entries;
    }

    @Get("/login")
    @Status(HttpStatus.NO_CONTENT)
    void login(Session session, @QueryValue String user) {
        session.put("user", user);
    }

    @Get("/page")
    @Produces("text/html; charset=utf-8")
    HttpResponse<String> page(@Nullable @SessionValue String user) throws SQLException {
        return user == null ? HttpResponse.unauthorized() : HttpResponse.ok(html(user));
    }

    private String html(String user) throws SQLException {
        var html = new StringBuilder(4096);
        html.append("<!doctype html><html><head><title>Entries</title></head><body><p>Signed in as ");
        escape(user, html);
        html.append("</p><table>");
        for (var entry : entries.first()) {
            html.append("<tr><td>").append(entry.id()).append("</td><td>");
            escape(entry.author(), html);
            html.append("</td><td>");
            escape(entry.message(), html);
            html.append("</td></tr>");
        }
        return html.append("</table></body></html>").toString();
    }

    private static void escape(String text, StringBuilder html) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.append(c);
            }
        }
    }
}
