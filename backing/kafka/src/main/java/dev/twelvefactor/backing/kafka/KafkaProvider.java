package dev.twelvefactor.backing.kafka;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.ServiceProvider;
import dev.twelvefactor.config.ServiceUrl;
import java.util.Set;

/** For {@link dev.twelvefactor.backing.Attachment#of(ServiceUrl, Class)}: the clients of a cluster. */
public final class KafkaProvider implements ServiceProvider<KafkaClients> {
    /** For the service loader. */
    public KafkaProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("kafka", "kafka+ssl");
    }

    @Override
    public Class<KafkaClients> client() {
        return KafkaClients.class;
    }

    @Override
    public Connector<KafkaClients> connector(ServiceUrl url) {
        return new KafkaConnector(KafkaAddress.of(url));
    }
}
