package data;

import jakarta.servlet.http.HttpSession;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.SessionAttribute;
import org.springframework.web.util.HtmlUtils;

@RestController
public class DataController {

    private final JdbcClient jdbc;

    DataController(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @GetMapping("/entries/{id}")
    ResponseEntity<Entry> entry(@PathVariable long id) {
        return ResponseEntity.of(jdbc.sql("SELECT id, author, message FROM entries WHERE id = ?")
                .param(id)
                .query(Entry.class)
                .optional());
    }

    @GetMapping("/login")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void login(@RequestParam String user, HttpSession session) {
        session.setAttribute("user", user);
    }

    @GetMapping(path = "/page", produces = "text/html;charset=utf-8")
    ResponseEntity<String> page(@SessionAttribute(required = false) String user) {
        if (user == null) {
            return ResponseEntity.status(HttpStatus.UNAUTHORIZED).build();
        }
        List<Entry> entries = jdbc.sql("SELECT id, author, message FROM entries ORDER BY id LIMIT 20")
                .query(Entry.class)
                .list();
        return ResponseEntity.ok(html(user, entries));
    }

    private static String html(String user, List<Entry> entries) {
        StringBuilder page = new StringBuilder();
        page.append("<!doctype html><html><head><title>Entries</title></head><body><p>Signed in as ")
                .append(escape(user))
                .append("</p><table>");
        for (Entry entry : entries) {
            page.append("<tr><td>")
                    .append(entry.id())
                    .append("</td><td>")
                    .append(escape(entry.author()))
                    .append("</td><td>")
                    .append(escape(entry.message()))
                    .append("</td></tr>");
        }
        return page.append("</table></body></html>").toString();
    }

    private static String escape(String text) {
        return HtmlUtils.htmlEscape(text, "UTF-8");
    }
}
