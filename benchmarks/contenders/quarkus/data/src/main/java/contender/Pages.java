package contender;

import java.sql.SQLException;

import org.jboss.resteasy.reactive.RestCookie;
import org.jboss.resteasy.reactive.RestQuery;

import contender.Sessions.Session;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;

@Path("/")
@RunOnVirtualThread
public class Pages {

    private final EntryStore store;
    private final Sessions sessions;

    Pages(EntryStore store, Sessions sessions) {
        this.store = store;
        this.sessions = sessions;
    }

    @GET
    @Path("login")
    public Response login(@RestQuery String user) {
        var cookie = new NewCookie.Builder("session").value(sessions.create(user)).path("/").httpOnly(true).build();
        return Response.noContent().cookie(cookie).build();
    }

    @GET
    @Path("page")
    @Produces("text/html; charset=utf-8")
    public Response page(@RestCookie String session) throws SQLException {
        var signedIn = session == null ? null : sessions.read(session).orElse(null);
        if (signedIn == null) {
            return Response.status(Status.UNAUTHORIZED).build();
        }
        return Response.ok(html(signedIn)).build();
    }

    private String html(Session session) throws SQLException {
        var html = new StringBuilder(4096);
        html.append("<!doctype html><html><head><title>Entries</title></head><body><p>Signed in as ");
        escape(session.user(), html);
        html.append("</p><table>");
        for (var entry : store.first()) {
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
