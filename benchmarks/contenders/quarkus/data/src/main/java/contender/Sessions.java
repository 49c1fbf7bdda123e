package contender;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.redis.datasource.value.GetExArgs;
import io.quarkus.redis.datasource.value.ValueCommands;
import jakarta.enterprise.context.ApplicationScoped;

@ApplicationScoped
public class Sessions {

    private static final Duration LIFETIME = Duration.ofMinutes(30);

    private final ValueCommands<String, Session> values;
    private final SecureRandom random = new SecureRandom();

    Sessions(RedisDataSource redis) {
        values = redis.value(Session.class);
    }

    public String create(String user) {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        var id = HexFormat.of().formatHex(bytes);
        values.setex("session:" + id, LIFETIME.toSeconds(), new Session(user));
        return id;
    }

    public Optional<Session> read(String id) {
        return Optional.ofNullable(values.getex("session:" + id, new GetExArgs().ex(LIFETIME)));
    }

    public record Session(String user) {
    }
}
