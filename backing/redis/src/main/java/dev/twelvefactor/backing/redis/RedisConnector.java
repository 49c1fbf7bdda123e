package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.config.ServiceUrl;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A Lettuce client with bounded time and a bounded queue. */
final class RedisConnector implements Connector<StatefulRedisConnection<String, String>> {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final int CLOSE_SECONDS = 2;
    private static final int LONGEST_QUEUE = 10_000;

    private final ServiceUrl url;
    private final RedisURI address;
    /** What belongs to each connection that is open, since a connection does not give its client back. */
    private final Map<StatefulRedisConnection<String, String>, RedisClient> open = new ConcurrentHashMap<>();

    RedisConnector(ServiceUrl url, RedisURI address) {
        this.url = url;
        this.address = address;
    }

    @Override
    public StatefulRedisConnection<String, String> open(String name) {
        RedisClient client = RedisClient.create(address);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(LONGEST_QUEUE)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .keepAlive(true)
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(address.getTimeout()))
                .build());
        try {
            StatefulRedisConnection<String, String> connection = client.connect();
            open.put(connection, client);
            return connection;
        } catch (RuntimeException e) {
            close(client);
            throw e;
        }
    }

    @Override
    public void check(StatefulRedisConnection<String, String> connection) {
        connection.sync().ping();
    }

    @Override
    public void close(StatefulRedisConnection<String, String> connection) {
        RedisClient client = open.remove(connection);
        if (client != null) {
            close(client);
        }
    }

    private static void close(RedisClient client) {
        client.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public boolean isUnavailable(Throwable failure) {
        return failure instanceof RedisConnectionException
                || failure instanceof RedisCommandTimeoutException
                || failure instanceof RedisLoadingException
                || failure instanceof RedisReadOnlyException
                || (failure instanceof RedisException
                        && (failure.getCause() instanceof IOException
                                || String.valueOf(failure.getMessage()).contains("not connected")));
    }

    @Override
    public Failure explain(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.startsWith("WRONGPASS") || message.contains("invalid password")) {
                return Failure.permanent("the user \""
                        + url.user().filter(user -> !user.isEmpty()).orElse("default")
                        + "\" or its password was refused");
            }
            if (message.startsWith("NOAUTH")) {
                return Failure.permanent("the server wants a password; write redis://:password@host");
            }
            if (message.contains("DB index is out of range")) {
                return Failure.permanent(
                        "the server has no database " + url.path().orElse("0"));
            }
            if (cause instanceof UnknownHostException) {
                return Failure.passing("the host's name is not known");
            }
            if (cause instanceof ConnectException) {
                return Failure.passing("no server answers there (connection refused)");
            }
        }
        return Failure.passing("the server did not answer as Redis in time");
    }
}
