package dev.twelvefactor.backing.amqp;

import com.rabbitmq.client.Connection;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.config.ServiceUrl;

/**
 * RabbitMQ (AMQP 0-9-1), by its own client.
 *
 * <p>URLs: {@code amqp://user:password@host:5672/vhost} and {@code amqps:} (port 5671) for TLS; several hosts with commas between them. No path is the virtual host
 * {@code /}, and so is {@code /%2F}; a path that is only a slash is the virtual host without a name. Without a user it is {@code guest}, who may log in from the server's own
 * machine alone.
 *
 * <p>Parameters: {@code connect_timeout} ({@code 3s}; {@code connection_timeout} in milliseconds too), {@code rpc_timeout} ({@code 3s}: how long an answer of the server may
 * take), {@code heartbeat} (5 seconds; a server that says nothing for twice as long is gone), {@code recovery_interval} ({@code 500ms}), {@code channel_max}, {@code
 * connection_name}, and those of {@link dev.twelvefactor.backing.Tls}. Anything else, and a URL of another kind, is a problem of the configuration.
 *
 * @see <a href="https://www.rabbitmq.com/docs/uri-spec">RabbitMQ URI specification</a>
 */
public final class Amqp {
    private Amqp() {}

    /**
     * A connection that comes back by itself, with its channels, consumers and what they declared, and with the credentials of {@link ServiceUrl#current()}. While it is
     * away its methods throw {@code AlreadyClosedException} at once. Make a channel for each thread that publishes.
     *
     * <p>A channel on which the server reports an error, such as a publish to an exchange that is missing, is closed for good, and does not count as an outage. Make a new one when {@code
     * isOpen()} is false; one that was lost with its connection opens again by itself.
     *
     * <p>{@code basicPublish} returns before the server has the message. Only {@code confirmSelect} and {@code waitForConfirms} show that it arrived.
     */
    public static Attachment<Connection> connection(ServiceUrl url) {
        return Attachment.of(url, () -> new AmqpConnector(AmqpAddress.of(url)));
    }
}
