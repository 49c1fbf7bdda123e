package dev.twelvefactor.backing.amqp;

import com.rabbitmq.client.Connection;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.ServiceProvider;
import dev.twelvefactor.config.ServiceUrl;
import java.util.Set;

/** For {@link dev.twelvefactor.backing.Attachment#of(ServiceUrl, Class)}: a connection. */
public final class AmqpProvider implements ServiceProvider<Connection> {
    /** For the service loader. */
    public AmqpProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("amqp", "amqps");
    }

    @Override
    public Class<Connection> client() {
        return Connection.class;
    }

    @Override
    public Connector<Connection> connector(ServiceUrl url) {
        return new AmqpConnector(AmqpAddress.of(url));
    }
}
