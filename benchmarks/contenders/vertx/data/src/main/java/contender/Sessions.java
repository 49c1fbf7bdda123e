package contender;

import io.lettuce.core.GetExArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.Base64;

/** Sessions in Redis: no method blocks, and each result comes back on the caller's event loop. */
class Sessions {

    private static final long SECONDS = 30 * 60;

    private final Vertx vertx;
    private final RedisAsyncCommands<String, String> redis;
    private final SecureRandom random = new SecureRandom();

    Sessions(Vertx vertx, RedisAsyncCommands<String, String> redis) {
        this.vertx = vertx;
        this.redis = redis;
    }

    /** The id of a new session. */
    Future<String> create(String user) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String session = new JsonObject().put("user", user).encode();
        return Future.fromCompletionStage(redis.setex(key(id), SECONDS, session), vertx.getOrCreateContext())
                .map(id);
    }

    /** Who is signed in, or null; the session then lives for another thirty minutes. */
    Future<String> user(String id) {
        return Future.fromCompletionStage(
                        redis.getex(key(id), GetExArgs.Builder.ex(SECONDS)), vertx.getOrCreateContext())
                .map(session -> session == null ? null : new JsonObject(session).getString("user"));
    }

    private static String key(String id) {
        return "session:" + id;
    }
}
