package dev.twelvefactor.backing.kafka;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.config.ServiceUrl;

/**
 * Kafka, by its own clients.
 *
 * <p>URLs: {@code kafka://user:password@broker:9092,broker:9092}, and {@code kafka+ssl:} for TLS (port 9093). Without a user nobody logs in.
 *
 * <p>Parameters: {@code sasl.mechanism} ({@code PLAIN}; {@code SCRAM-SHA-256}, {@code SCRAM-SHA-512}), {@code timeout} ({@code 4s}: how long a call of a client may take),
 * {@code connect_timeout} ({@code 2s}), {@code client_id}, and those of {@link dev.twelvefactor.backing.Tls}. Anything else, and a URL of another kind, is a problem of the
 * configuration.
 */
public final class Kafka {
    private Kafka() {}

    /** What makes the clients: an admin client that is open, producers and consumers. */
    public static Attachment<KafkaClients> clients(ServiceUrl url) {
        return Attachment.of(url, () -> new KafkaConnector(KafkaAddress.of(url)));
    }
}
