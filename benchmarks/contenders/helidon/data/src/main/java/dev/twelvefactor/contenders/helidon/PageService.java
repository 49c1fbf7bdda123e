package dev.twelvefactor.contenders.helidon;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HttpMediaType;
import io.helidon.http.SetCookie;
import io.helidon.http.Status;
import io.helidon.http.UnauthorizedException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.sql.SQLException;

final class PageService implements HttpService {
    private static final String COOKIE = "session";
    private static final HttpMediaType HTML =
            HttpMediaType.builder().mediaType(MediaTypes.TEXT_HTML).charset("utf-8").build();

    private final Entries entries;
    private final Sessions sessions;

    PageService(Entries entries, Sessions sessions) {
        this.entries = entries;
        this.sessions = sessions;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/login", this::login).get("/page", this::page);
    }

    private void login(ServerRequest request, ServerResponse response) {
        var id = sessions.create(request.query().get("user"));
        response.headers()
                .addCookie(SetCookie.builder(COOKIE, id).path("/").httpOnly(true).build());
        response.status(Status.NO_CONTENT_204).send();
    }

    private void page(ServerRequest request, ServerResponse response) throws SQLException {
        var user = request.headers()
                .cookies()
                .first(COOKIE)
                .asOptional()
                .flatMap(sessions::user)
                .orElseThrow(() -> new UnauthorizedException("No session"));
        response.headers().contentType(HTML);
        response.send(Page.of(user, entries.first()));
    }
}
