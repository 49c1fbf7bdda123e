package dev.twelvefactor.contenders.javalin;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.HttpStatus;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.UnauthorizedResponse;
import java.sql.SQLException;
import java.util.Optional;

final class Site {
    private static final String COOKIE = "session";

    private final Entries entries;
    private final Sessions sessions;

    Site(Entries entries, Sessions sessions) {
        this.entries = entries;
        this.sessions = sessions;
    }

    void entry(Context ctx) throws SQLException {
        var id = ctx.pathParamAsClass("id", Long.class).get();
        ctx.json(entries.find(id).orElseThrow(NotFoundResponse::new));
    }

    void login(Context ctx) {
        var cookie = new Cookie(COOKIE, sessions.create(ctx.queryParam("user"), ctx.jsonMapper()));
        cookie.setHttpOnly(true);
        ctx.cookie(cookie).status(HttpStatus.NO_CONTENT);
    }

    void page(Context ctx) throws SQLException {
        var session = Optional.ofNullable(ctx.cookie(COOKIE))
                .flatMap(id -> sessions.find(id, ctx.jsonMapper()))
                .orElseThrow(UnauthorizedResponse::new);
        ctx.html(Page.of(session.user(), entries.first())).contentType("text/html; charset=utf-8");
    }
}
