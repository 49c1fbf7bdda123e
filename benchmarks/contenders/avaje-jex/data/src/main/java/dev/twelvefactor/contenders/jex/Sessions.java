package dev.twelvefactor.contenders.jex;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

final class Sessions {
    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(30);

    private final JsonType<Session> json = Jsonb.instance().type(Session.class);
    private final SecureRandom random = new SecureRandom();
    private final RedisCommands<String, String> redis;

    Sessions(RedisCommands<String, String> redis) {
        this.redis = redis;
    }

    String create(String user) {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        var id = HexFormat.of().formatHex(bytes);
        redis.setex("session:" + id, TIME_TO_LIVE.toSeconds(), json.toJson(new Session(user)));
        return id;
    }

    Optional<Session> find(String id) {
        var session = redis.getex("session:" + id, GetExArgs.Builder.ex(TIME_TO_LIVE));
        return Optional.ofNullable(session).map(json::fromJson);
    }
}
