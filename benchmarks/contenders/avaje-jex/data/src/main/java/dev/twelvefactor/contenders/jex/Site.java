package dev.twelvefactor.contenders.jex;

import io.avaje.jex.Routing;
import io.avaje.jex.http.BadRequestException;
import io.avaje.jex.http.Context;
import io.avaje.jex.http.HttpResponseException;
import io.avaje.jex.http.HttpStatus;
import io.avaje.jex.http.NotFoundException;
import java.sql.SQLException;
import java.util.Optional;

final class Site implements Routing.HttpService {
    private static final String COOKIE = "session";

    private final Entries entries;
    private final Sessions sessions;

    Site(Entries entries, Sessions sessions) {
        this.entries = entries;
        this.sessions = sessions;
    }

    @Override
    public void add(Routing routing) {
        routing.get("/entries/{id}", this::entry).get("/login", this::login).get("/page", this::page);
    }

    private void entry(Context ctx) throws SQLException {
        ctx.json(entries.find(id(ctx)).orElseThrow(() -> new NotFoundException("no such entry")));
    }

    private void login(Context ctx) {
        var id = sessions.create(ctx.queryParam("user"));
        ctx.cookie(Context.Cookie.of(COOKIE, id).path("/").httpOnly(true)).writeEmpty(HttpStatus.NO_CONTENT_204);
    }

    private void page(Context ctx) throws SQLException {
        var session = Optional.ofNullable(ctx.cookie(COOKIE))
                .flatMap(sessions::find)
                .orElseThrow(() -> new HttpResponseException(HttpStatus.UNAUTHORIZED_401));
        ctx.html(Page.of(session.user(), entries.first()));
    }

    private static long id(Context ctx) {
        try {
            return Long.parseLong(ctx.pathParam("id"));
        } catch (NumberFormatException e) {
            throw new BadRequestException("id must be a number");
        }
    }
}
