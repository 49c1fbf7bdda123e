package dev.twelvefactor.examples.guestbook;

import dev.twelvefactor.admin.Task;
import dev.twelvefactor.admin.migrate.Migrate;
import dev.twelvefactor.app.App;
import dev.twelvefactor.app.Jobs;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.backing.blob.BlobStore;
import dev.twelvefactor.backing.blob.Blobs;
import dev.twelvefactor.backing.jdbc.Jdbc;
import dev.twelvefactor.backing.redis.Redis;
import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Doc;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.http.Routes;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A guestbook: a page that shows new entries as they come, and a JSON API, entries in PostgreSQL, sessions in Redis, pictures in a directory or in S3, a worker that greets, tasks that migrate and purge. */
public final class Guestbook {
    private static final Logger LOG = LoggerFactory.getLogger(Guestbook.class);

    private Guestbook() {}

    /** All that this app reads from its environment. */
    record Settings(
            @Doc("PostgreSQL: postgres://user:password@host:5432/database")
            ServiceUrl databaseUrl,

            @Doc("Redis: redis://:password@host:6379/0") ServiceUrl redisUrl,

            @Doc("pictures, if there are to be any: file:///path or s3://key:secret@host/bucket")
            Optional<ServiceUrl> picturesUrl,

            @Default("30m") @Doc("how long a visitor is remembered")
            Duration sessionTtl) {}

    /** The options of {@code admin purge}. */
    record Purge(
            @Doc("entries older than this are deleted") Duration olderThan,
            @Doc("only say how many there are") boolean dryRun) {}

    /** What {@code java -jar guestbook.jar} runs. */
    public static void main(String[] args) {
        TwelveFactorApp.run(args, app());
    }

    static App<Settings> app() {
        return App.of("guestbook", Settings.class)
                .web(Guestbook::web)
                .worker("greeter", Guestbook::greeter)
                .admin(Task.of("purge", "Delete old entries", Purge.class, Guestbook::purge)
                        .exclusive(settings -> Jdbc.leases(settings.databaseUrl())))
                .admin(Migrate.task(Settings::databaseUrl));
    }

    private static void web(Settings settings, Wiring wiring, Routes routes) {
        Attached<DataSource> database = wiring.attach("database", Jdbc.pool(settings.databaseUrl()));
        Attached<RedisClusterCommands<String, String>> redis =
                wiring.attach("redis", Redis.commands(settings.redisUrl()));
        Optional<Attached<BlobStore>> pictures =
                settings.picturesUrl().map(url -> wiring.attach("pictures", Blobs.store(url)));
        routes.sessions(Redis.keyedStore(redis.get(), "guestbook:session:"), settings.sessionTtl());
        Entries entries = new Entries(database.get());
        new Pages(entries).addTo(routes);
        pictures.ifPresent(store -> new Pictures(entries, store.get()).addTo(routes));
    }

    private static void greeter(Settings settings, Wiring wiring, Jobs jobs) {
        Entries entries = new Entries(
                wiring.attach("database", Jdbc.pool(settings.databaseUrl())).get());
        jobs.repeat("greet", entries::greetNext);
    }

    private static void purge(Settings settings, Purge options, Wiring wiring) throws Exception {
        Entries entries = new Entries(
                wiring.attach("database", Jdbc.pool(settings.databaseUrl())).get());
        if (options.dryRun()) {
            LOG.atInfo()
                    .addKeyValue("entries", entries.countOlderThan(options.olderThan()))
                    .log("nothing was deleted");
        } else {
            LOG.atInfo()
                    .addKeyValue("entries", entries.deleteOlderThan(options.olderThan()))
                    .log("purged");
        }
    }
}
