package dev.twelvefactor.contenders.helidon;

import io.helidon.json.JsonObject;
import io.helidon.json.JsonParser;
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

    String create(String user) {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        var id = HexFormat.of().formatHex(bytes);
        var session = JsonObject.builder().set("user", user).build().toString();
        redis.setex("session:" + id, TIME_TO_LIVE.toSeconds(), session);
        return id;
    }

    Optional<String> user(String id) {
        var session = redis.getex("session:" + id, GetExArgs.Builder.ex(TIME_TO_LIVE));
        return Optional.ofNullable(session)
                .flatMap(json -> JsonParser.create(json).readJsonObject().stringValue("user"));
    }
}
