package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.config.ServiceUrl;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A Lettuce client with bounded time and a bounded queue. Each that is made is a class of its own, which tells what {@code T} is; the console declares its variable with that.
 *
 * @param <T> what of it the app works with
 */
abstract class RedisConnector<T> implements Connector<T> {
    private static final int CHECK_SECONDS = 2;
    private static final int CLOSE_SECONDS = 2;
    private static final int LONGEST_QUEUE = 10_000;
    private static final Duration REFRESH = Duration.ofSeconds(30);
    private static final Duration REFRESH_AFTER_TROUBLE = Duration.ofSeconds(1);

    private final RedisAddress address;
    private final Function<RedisSession, T> view;
    private final Consumer<T> beforeClose;
    private final Map<T, RedisSession> sessions = Collections.synchronizedMap(new IdentityHashMap<>());

    RedisConnector(RedisAddress address, Function<RedisSession, T> view) {
        this(address, view, unused -> {});
    }

    /** The same of a view that has something to do while there still is a connection. */
    RedisConnector(RedisAddress address, Function<RedisSession, T> view, Consumer<T> beforeClose) {
        this.address = address;
        this.view = view;
        this.beforeClose = beforeClose;
    }

    /** Leases on a connection of their own. */
    static Connector<Leases> ofLeases(ServiceUrl url) {
        RedisAddress address = RedisAddress.of(url);
        return new RedisConnector<Leases>(
                address, session -> RedisLeases.of(session, address), leases -> ((RedisLeases) leases).close()) {};
    }

    @Override
    public T open(String name) {
        Set<Channel> channels = ConcurrentHashMap.newKeySet();
        ClientResources resources = ClientResources.builder()
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        channels.removeIf(one -> !one.isOpen());
                        channels.add(channel);
                    }
                })
                .build();
        AbstractRedisClient client = address.cluster() ? clusterClient(resources) : singleClient(resources);
        try {
            RedisSession session = new RedisSession(
                    client,
                    resources,
                    channels,
                    client instanceof RedisClusterClient cluster
                            ? cluster.connect()
                            : ((RedisClient) client).connect());
            T opened = view.apply(session);
            sessions.put(opened, session);
            return opened;
        } catch (RuntimeException e) {
            close(client, resources);
            throw e;
        }
    }

    private RedisClient singleClient(ClientResources resources) {
        RedisClient client = RedisClient.create(resources, address.uris().get(0));
        client.setOptions(options(ClientOptions.builder()).build());
        return client;
    }

    private RedisClusterClient clusterClient(ClientResources resources) {
        RedisClusterClient client = RedisClusterClient.create(resources, address.uris());
        ClusterClientOptions.Builder builder = ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(REFRESH)
                        .adaptiveRefreshTriggersTimeout(REFRESH_AFTER_TROUBLE)
                        .build());
        options(builder);
        // To reject would be to reject the first command of every node: connections to them come about with it. What
        // was sent and not answered is not sent again.
        builder.disconnectedBehavior(DisconnectedBehavior.DEFAULT).replayFilter(command -> true);
        client.setOptions(builder.build());
        return client;
    }

    private ClientOptions.Builder options(ClientOptions.Builder builder) {
        return builder.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(LONGEST_QUEUE)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(address.connectTimeout())
                        .keepAlive(true)
                        .build())
                .sslOptions(SslOptions.builder()
                        .jdkSslProvider()
                        .handshakeTimeout(address.connectTimeout())
                        .sslContext(
                                context -> context.trustManager(address.tls().trustManager()))
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(address.uris().get(0).getTimeout()));
    }

    @Override
    public void check(T client) throws InterruptedException, ExecutionException, TimeoutException {
        RedisSession session = sessions.get(client);
        if (session == null) {
            return;
        }
        try {
            String answer = session.signOfLife().get(CHECK_SECONDS, TimeUnit.SECONDS);
            if (answer.contains("cluster_state:fail")) {
                throw new RedisException("CLUSTERDOWN");
            }
        } catch (TimeoutException e) {
            session.reconnect();
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisCommandTimeoutException) {
                session.reconnect();
            }
            throw e;
        }
    }

    @Override
    public void close(T client) {
        RedisSession session = sessions.remove(client);
        if (session != null) {
            beforeClose.accept(client);
            close(session.client(), session.resources());
        }
    }

    private static void close(AbstractRedisClient client, ClientResources resources) {
        client.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        boolean unused = resources
                .shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public List<String> warnings() {
        return address.isTls() ? address.tls().warnings() : List.of();
    }

    @Override
    public boolean isUnavailable(Throwable failure) {
        return failure instanceof RedisConnectionException
                || failure instanceof RedisCommandTimeoutException
                || failure instanceof RedisLoadingException
                || failure instanceof RedisReadOnlyException
                || (failure instanceof RedisException
                        && (failure.getCause() instanceof IOException
                                || String.valueOf(failure.getMessage()).contains("not connected")
                                || String.valueOf(failure.getMessage()).startsWith("CLUSTERDOWN")));
    }

    @Override
    public Failure explain(Exception failure) {
        return RedisFailures.explain(failure, address);
    }
}
