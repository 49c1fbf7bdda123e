package contender;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jooby.Context;
import io.jooby.Cookie;
import io.jooby.Jooby;
import io.jooby.MediaType;
import io.jooby.StatusCode;
import io.jooby.exception.NotFoundException;
import io.jooby.exception.UnauthorizedException;
import io.jooby.handler.AccessLogHandler;
import io.lettuce.core.RedisClient;

public class App extends Jooby {

    private static final String COOKIE = "session";

    private final Entries entries;
    private final Sessions sessions;

    {
        install(new JacksonJson());

        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(getConfig().getString("jdbc.url"));
        HikariDataSource dataSource = new HikariDataSource(pool);
        onStop(dataSource);
        entries = new Entries(dataSource);

        RedisClient redis = RedisClient.create(getConfig().getString("redis.url"));
        onStop(redis);
        sessions = new Sessions(redis.connect().sync());

        if (getConfig().hasPath("ACCESS_LOG") && getConfig().getBoolean("ACCESS_LOG")) {
            use(new AccessLogHandler());
        }
        get("/entries/{id}", this::entry);
        get("/login", this::login);
        get("/page", this::page);
    }

    private Entry entry(Context ctx) throws Exception {
        Entry entry = entries.find(ctx.path("id").longValue());
        if (entry == null) {
            throw new NotFoundException(ctx.getRequestPath());
        }
        return entry;
    }

    private StatusCode login(Context ctx) throws Exception {
        String id = sessions.create(ctx.query("user").value());
        ctx.setResponseCookie(new Cookie(COOKIE, id).setHttpOnly(true).setPath("/"));
        return StatusCode.NO_CONTENT;
    }

    private String page(Context ctx) throws Exception {
        String id = ctx.cookie(COOKIE).valueOrNull();
        Session session = id == null ? null : sessions.find(id);
        if (session == null) {
            throw new UnauthorizedException();
        }
        ctx.setResponseType(MediaType.html);
        return Page.html(session.user(), entries.first());
    }

    public static void main(String[] args) {
        runApp(args, App::new);
    }
}
