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
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.resolver.DefaultAddressResolverGroup;
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
    /** Finds out that the other end of an idle connection is gone, or of one with a blocking command: the system's own first look is after two hours. */
    private static final KeepAliveOptions KEEP_ALIVE = KeepAliveOptions.builder()
            .enable()
            .idle(Duration.ofSeconds(10))
            .interval(Duration.ofSeconds(3))
            .count(3)
            .build();

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
        Set<AnswerWatch> watches = ConcurrentHashMap.newKeySet();
        ClientResources resources = ClientResources.builder()
                // The JDK's, as for every other service: Lettuce would ask the name servers with Netty's own client.
                .addressResolverGroup(DefaultAddressResolverGroup.INSTANCE)
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        watches.removeIf(one -> !one.isOpen());
                        watches.add(AnswerWatch.of(channel));
                    }
                })
                .build();
        AbstractRedisClient client = address.cluster() ? clusterClient(resources) : singleClient(resources);
        try {
            RedisSession session = new RedisSession(client, resources, watches, connect(client), connect(client));
            T opened = view.apply(session);
            sessions.put(opened, session);
            return opened;
        } catch (RuntimeException e) {
            close(client, resources);
            throw e;
        }
    }

    private static StatefulConnection<String, String> connect(AbstractRedisClient client) {
        return client instanceof RedisClusterClient cluster ? cluster.connect() : ((RedisClient) client).connect();
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
                        .keepAlive(KEEP_ALIVE)
                        .build())
                .sslOptions(SslOptions.builder()
                        .jdkSslProvider()
                        .handshakeTimeout(address.connectTimeout())
                        .sslContext(
                                context -> context.trustManager(address.tls().trustManager()))
                        .build())
                .timeoutOptions(TimeoutOptions.builder()
                        .timeoutCommands()
                        .timeoutSource(new CommandTimeouts(address.timeout()))
                        .build());
    }

    @Override
    public void check(T client) throws InterruptedException, ExecutionException, TimeoutException {
        RedisSession session = sessions.get(client);
        if (session == null) {
            return;
        }
        if (!session.isConnected()) {
            throw new RedisException("not connected");
        }
        // A command that takes longer has timed out: of a socket that is dead no other one would be answered.
        session.reconnectSilentFor(longer(address.timeout(), Duration.ofSeconds(CHECK_SECONDS)));
        long start = System.nanoTime();
        try {
            String answer = session.signOfLife().get(CHECK_SECONDS, TimeUnit.SECONDS);
            if (answer.contains("cluster_state:fail")) {
                throw new RedisException("CLUSTERDOWN");
            }
        } catch (TimeoutException e) {
            session.reconnectSilentSince(start);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisCommandTimeoutException) {
                session.reconnectSilentSince(start);
            }
            throw e;
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
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
        try {
            client.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        } finally {
            // Where a drain's end has interrupted the close as well: else the threads would stay.
            boolean unused = resources
                    .shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                    .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
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
                                || String.valueOf(failure.getMessage()).equals("Connection disconnected")
                                || String.valueOf(failure.getMessage()).startsWith("CLUSTERDOWN")));
    }

    @Override
    public Failure explain(Exception failure) {
        return RedisFailures.explain(failure, address);
    }
}
