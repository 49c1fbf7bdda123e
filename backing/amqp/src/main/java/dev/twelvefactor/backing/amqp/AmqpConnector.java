package dev.twelvefactor.backing.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.SocketConfigurators;
import com.rabbitmq.client.impl.CredentialsProvider;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.NetworkFailures;
import dev.twelvefactor.config.Secret;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection of RabbitMQ's client in which nothing waits for ever, its end included. */
final class AmqpConnector implements Connector<Connection> {
    private static final int CLOSE_MILLIS = 1000;
    private static final int CHECK_MILLIS = 2000;
    private static final int MOST_SILENT = 2;

    private final AmqpAddress address;
    private final Map<Connection, Opened> opened = new ConcurrentHashMap<>();
    /** Why the server takes no messages for the moment, of each connection that it told so. */
    private final Map<Connection, String> blocked = new ConcurrentHashMap<>();

    /**
     * What belongs to a connection.
     *
     * @param probe the channel that checks use, and nobody else
     * @param sockets all that it has had: closing one is the only way out of a write that nobody reads
     * @param silent how many checks in a row got no answer
     */
    private record Opened(Channel probe, Set<Socket> sockets, AtomicInteger silent) {
        void endSockets() throws IOException {
            for (Socket socket : sockets) {
                // Else the end of TLS waits for the server, too.
                socket.setSoLinger(true, 0);
                socket.close();
            }
            sockets.clear();
        }
    }

    AmqpConnector(AmqpAddress address) {
        this.address = address;
    }

    @Override
    public Connection open(String name) throws IOException, TimeoutException {
        Set<Socket> sockets = ConcurrentHashMap.newKeySet();
        ConnectionFactory factory = factory(name, sockets);
        String connectionName = address.connectionName().isEmpty() ? name : address.connectionName();
        Connection connection = factory.newConnection(address.hosts(), connectionName);
        try {
            connection.addBlockedListener(reason -> blocked.put(connection, reason), () -> blocked.remove(connection));
            // The server that said so is gone, and the one that comes says it again.
            connection.addShutdownListener(cause -> blocked.remove(connection));
            opened.put(connection, new Opened(connection.createChannel(), sockets, new AtomicInteger()));
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.abort(CLOSE_MILLIS);
            throw e;
        }
    }

    private ConnectionFactory factory(String name, Set<Socket> sockets) {
        ConnectionFactory factory = new ConnectionFactory();
        // Before the verification of the host's name, which is added to it.
        factory.setSocketConfigurator(SocketConfigurators.defaultConfigurator().andThen(socket -> {
            sockets.removeIf(Socket::isClosed);
            sockets.add(socket);
        }));
        factory.setCredentialsProvider(new Credentials(address));
        factory.setVirtualHost(address.virtualHost());
        factory.setConnectionTimeout((int) address.connectTimeout().toMillis());
        // A silent server takes twice as long with TLS, and half as long without.
        factory.setHandshakeTimeout((int) address.connectTimeout().toMillis());
        factory.setChannelRpcTimeout((int) address.rpcTimeout().toMillis());
        factory.setChannelShouldCheckRpcResponseType(true);
        factory.setShutdownTimeout(CLOSE_MILLIS);
        factory.setRequestedHeartbeat((int) Math.max(1, address.heartbeat().toSeconds()));
        factory.setRequestedChannelMax(address.mostChannels());
        factory.setNetworkRecoveryInterval(address.recoveryInterval().toMillis());
        factory.setExceptionHandler(new LoggedExceptions(name));
        factory.setThreadFactory(work -> {
            Thread thread = new Thread(work, "amqp-" + name);
            thread.setDaemon(true);
            return thread;
        });
        if (address.isTls()) {
            factory.useSslProtocol(address.tls().context());
            factory.enableHostnameVerification();
        }
        return factory;
    }

    /** Asked for each new connection, those of the recovery too. */
    private record Credentials(AmqpAddress address) implements CredentialsProvider {
        @Override
        public String getUsername() {
            return address.url().current().user().orElse("guest");
        }

        @Override
        public String getPassword() {
            return address.url().current().password().map(Secret::reveal).orElse("guest");
        }
    }

    /** A setting that any user may make, on a channel that is there already: a new one that gets no answer would be lost for good. */
    @Override
    public void check(Connection connection) throws IOException, InterruptedException {
        Opened of = opened.get(connection);
        String reason = blocked.get(connection);
        if (of == null || !connection.isOpen()) {
            throw new IOException("not connected");
        }
        if (reason != null) {
            throw new IOException("blocked");
        }
        try {
            bounded(CHECK_MILLIS, () -> of.probe().basicQos(1));
            of.silent().set(0);
        } catch (TimedOutException e) {
            // Once may be a pause of the server's. The client then connects again, and a publish that was stuck fails.
            if (of.silent().incrementAndGet() >= MOST_SILENT) {
                of.silent().set(0);
                of.endSockets();
            }
            throw e;
        }
    }

    private static final class TimedOutException extends IOException {
        private static final long serialVersionUID = 1;

        TimedOutException(Throwable cause) {
            super(cause);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** On a thread of its own, since a write that the server does not read has no limit. */
    private static void bounded(int millis, Work work) throws IOException, InterruptedException {
        IOException[] failure = new IOException[1];
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (ChannelContinuationTimeoutException e) {
                        failure[0] = new TimedOutException(e);
                    } catch (IOException e) {
                        failure[0] = e;
                    } catch (AlreadyClosedException e) {
                        failure[0] = new IOException(e);
                    }
                },
                "amqp-bounded");
        thread.setDaemon(true);
        thread.start();
        thread.join(millis);
        if (thread.isAlive()) {
            throw new TimedOutException(new TimeoutException());
        }
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    @Override
    public void close(Connection connection) throws IOException, InterruptedException {
        Opened of = opened.remove(connection);
        blocked.remove(connection);
        try {
            bounded(2 * CLOSE_MILLIS, () -> connection.abort(CLOSE_MILLIS));
        } finally {
            if (of != null) {
                of.endSockets();
            }
        }
    }

    @Override
    public Map<String, Double> gauges(Connection connection) {
        return Map.of("blocked", blocked.containsKey(connection) ? 1.0 : 0.0);
    }

    @Override
    public List<String> warnings() {
        return address.isTls() ? address.tls().warnings() : List.of();
    }

    /**
     * A channel that the server closed, for a publish to an exchange that is missing for instance, is a mistake of the app's: the connection and its other channels work on. A write can be the
     * first to learn that the connection is lost.
     */
    @Override
    public boolean isUnavailable(Throwable failure) {
        return failure instanceof ChannelContinuationTimeoutException
                || failure instanceof SocketException
                || (failure instanceof ShutdownSignalException signal && signal.isHardError());
    }

    @Override
    public Failure explain(Exception failure) {
        for (Throwable cause : NetworkFailures.causes(failure)) {
            if (cause instanceof AuthenticationFailureException) {
                return Failure.permanent("the user \""
                        + address.url().current().user().orElse("guest") + "\" or its password was refused");
            }
            if (cause instanceof ShutdownSignalException signal
                    && signal.getReason() instanceof AMQP.Connection.Close close) {
                return explain(close);
            }
            if (cause instanceof MalformedFrameException) {
                return Failure.permanent(
                        "the server did not answer as AMQP (if it wants TLS, write amqps: in the place of amqp:)");
            }
            if ("blocked".equals(cause.getMessage())) {
                return Failure.passing("the server takes no messages for the moment (memory or disk alarm)");
            }
            if ("not connected".equals(cause.getMessage())) {
                return Failure.passing("the connection is lost, and is being tried again");
            }
        }
        Optional<Failure> network = NetworkFailures.explain(failure);
        return network.orElse(Failure.passing("the server did not answer as AMQP in time"));
    }

    private Failure explain(AMQP.Connection.Close close) {
        String text = String.valueOf(close.getReplyText());
        if (close.getReplyCode() == AMQP.NOT_ALLOWED && text.contains("not found")) {
            return Failure.permanent("the server has no virtual host \"" + address.virtualHost() + "\"");
        }
        boolean forUser = close.getReplyCode() == AMQP.ACCESS_REFUSED
                || (close.getReplyCode() == AMQP.NOT_ALLOWED
                        && text.contains("refused for user")
                        && !text.contains("limit")
                        && !text.contains("down"));
        if (forUser) {
            return Failure.permanent(
                    "the user \"" + address.url().current().user().orElse("guest")
                            + "\" may not use the virtual host \"" + address.virtualHost() + "\"");
        }
        return Failure.passing("the server ended the connection (code " + close.getReplyCode() + ")");
    }
}
