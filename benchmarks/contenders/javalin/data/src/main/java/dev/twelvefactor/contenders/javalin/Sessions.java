package dev.twelvefactor.contenders.javalin;

import io.javalin.json.JsonMapper;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

final class Sessions {
    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(30);

    private final RedisCommands<String, String> redis;
    private final SecureRandom random = new SecureRandom();

    Sessions(RedisCommands<String, String> redis) {
        this.redis = redis;
    }

    record Session(String user) {}

    String create(String user, JsonMapper json) {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        var id = HexFormat.of().formatHex(bytes);
        redis.setex(
                "session:" + id, TIME_TO_LIVE.toSeconds(), json.toJsonString(new Session(user), Session.class));
        return id;
    }

    Optional<Session> find(String id, JsonMapper json) {
        var session = redis.getex("session:" + id, GetExArgs.Builder.ex(TIME_TO_LIVE));
        return Optional.ofNullable(session).map(text -> json.fromJsonString(text, Session.class));
    }
}
