package contender;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.security.SecureRandom;
import java.util.Base64;

/** Sessions in Redis. */
class Sessions {

    private static final long SECONDS = 30 * 60;

    private final RedisCommands<String, String> redis;
    private final ObjectMapper mapper = new ObjectMapper();
    private final SecureRandom random = new SecureRandom();

    Sessions(RedisCommands<String, String> redis) {
        this.redis = redis;
    }

    /** The id of a new session. */
    String create(String user) throws JsonProcessingException {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        redis.setex(key(id), SECONDS, mapper.writeValueAsString(new Session(user)));
        return id;
    }

    /** The session with this id, which then lives for another thirty minutes, or null. */
    Session find(String id) throws JsonProcessingException {
        String session = redis.getex(key(id), GetExArgs.Builder.ex(SECONDS));
        return session == null ? null : mapper.readValue(session, Session.class);
    }

    private static String key(String id) {
        return "session:" + id;
    }
}
