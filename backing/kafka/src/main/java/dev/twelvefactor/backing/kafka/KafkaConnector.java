package dev.twelvefactor.backing.kafka;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.NetworkFailures;
import dev.twelvefactor.config.ServiceUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;

/** Kafka's clients, checked by asking the cluster who is in it. */
final class KafkaConnector implements Connector<KafkaClients> {
    private static final int OPEN_MILLIS = 3000;
    private static final int CHECK_MILLIS = 2000;

    private final KafkaAddress address;

    KafkaConnector(KafkaAddress address) {
        this.address = address;
    }

    @Override
    public KafkaClients open(String name) throws Exception {
        // Kafka itself goes on trying in silence.
        touch();
        Admin admin = Admin.create(address.admin());
        KafkaClients clients = new KafkaClients(admin, address.common(), address.producing(), address.consuming());
        try {
            describe(admin, OPEN_MILLIS);
            return clients;
        } catch (Exception e) {
            clients.close();
            throw e;
        }
    }

    @Override
    public void check(KafkaClients clients) throws Exception {
        describe(clients.admin(), CHECK_MILLIS);
    }

    /** Kafka says "timed out" of whatever is not a refused login; what the port itself says tells more. */
    private void describe(Admin admin, int millis) throws Exception {
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(millis))
                    .nodes()
                    .get(millis + 500L, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            if (isTimeout(e)) {
                touch();
            }
            throw e;
        }
    }

    private static boolean isTimeout(Exception failure) {
        return failure instanceof TimeoutException
                || failure.getCause() instanceof org.apache.kafka.common.errors.TimeoutException;
    }

    /** Whether any of the brokers, at any of its addresses, takes a connection. */
    private void touch() throws IOException {
        IOException last = null;
        for (ServiceUrl.Host host : address.url().hosts()) {
            int port = host.port().orElse(address.url().scheme().equals("kafka") ? 9092 : 9093);
            try {
                for (InetAddress one : InetAddress.getAllByName(host.name())) {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(one, port), (int)
                                address.connectTimeout().toMillis());
                        return;
                    } catch (IOException e) {
                        last = e;
                    }
                }
            } catch (UnknownHostException e) {
                last = e;
            }
        }
        if (last != null) {
            throw last;
        }
    }

    @Override
    public void close(KafkaClients clients) throws InterruptedException {
        clients.close();
    }

    @Override
    public List<String> warnings() {
        return address.url().scheme().equals("kafka+ssl") ? address.tls().warnings() : List.of();
    }

    @Override
    public boolean isUnavailable(Throwable failure) {
        return (failure instanceof org.apache.kafka.common.errors.TimeoutException && !isOfMetadata(failure))
                || failure instanceof DisconnectException
                || failure instanceof NetworkException
                || failure instanceof NotEnoughReplicasException
                || failure instanceof NotEnoughReplicasAfterAppendException;
    }

    /**
     * A producer waits for a topic or a partition that does not exist, in case somebody creates it, and then says "timed out". What the broker answered meanwhile is the cause, except for a
     * partition, where the message has the number that there are.
     */
    private static boolean isOfMetadata(Throwable timeout) {
        return timeout.getCause() instanceof UnknownTopicOrPartitionException
                || timeout.getCause() instanceof InvalidTopicException
                || timeout.getCause() instanceof AuthorizationException
                || String.valueOf(timeout.getMessage()).contains("with partition count");
    }

    @Override
    public Failure explain(Exception failure) {
        String user = address.url().user().orElse("");
        for (Throwable cause : NetworkFailures.causes(failure)) {
            if (cause instanceof SaslAuthenticationException) {
                return Failure.permanent("the user \"" + user + "\" or its password was refused");
            }
            if (cause instanceof UnsupportedSaslMechanismException) {
                return Failure.permanent("the broker does not take this sasl.mechanism");
            }
            if (cause instanceof IllegalSaslStateException) {
                return Failure.permanent("the broker wants no login on this port; leave user and password out");
            }
            if (cause instanceof AuthorizationException) {
                return Failure.permanent("the user \"" + user + "\" may not ask who is in the cluster");
            }
            if (cause instanceof ConfigException
                    && String.valueOf(cause.getMessage()).contains("resolvable")) {
                return Failure.passing("the host's name is not known");
            }
            if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
                return Failure.passing(
                        "no broker answers as Kafka in time (a login that is missing, or TLS on one side only, looks so too)");
            }
        }
        return NetworkFailures.explain(failure).orElse(Failure.passing("no broker answers as Kafka in time"));
    }
}
