package dev.twelvefactor.examples.guestbook;

import dev.twelvefactor.testing.Development;
import dev.twelvefactor.testing.TemporaryDirectory;
import dev.twelvefactor.testing.postgres.PostgresServer;
import dev.twelvefactor.testing.redis.RedisServer;
import java.nio.file.Path;

/** The guestbook on a developer's machine: what {@code ./guestbook} runs. */
final class GuestbookDevelopment {
    private GuestbookDevelopment() {}

    /** The one argument is the app's jar. */
    public static void main(String[] args) {
        Development.of(Path.of(args[0]))
                .service("DATABASE_URL", PostgresServer::start)
                .service("REDIS_URL", RedisServer::start)
                .service("PICTURES_URL", TemporaryDirectory::start)
                .task("admin", "migrate")
                .process("web", "web")
                .process("greeter", "worker", "greeter")
                .run();
    }
}
