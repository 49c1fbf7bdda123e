package dev.twelvefactor.backing.kafka;

import dev.twelvefactor.backing.Tls;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;

/** A Kafka URL as settings of its clients, none of which may take longer than a call's timeout. */
record KafkaAddress(ServiceUrl url, Duration timeout, Duration connectTimeout, Map<String, Object> common, Tls tls) {
    private static final Set<String> SCHEMES = Set.of("kafka", "kafka+ssl");
    private static final String FORM = "write kafka://user:password@broker:9092,broker:9092, or kafka+ssl: for TLS";
    private static final Duration LONGEST = Duration.ofMinutes(1);

    static KafkaAddress of(ServiceUrl url) {
        if (!SCHEMES.contains(url.scheme())) {
            throw url.refused("has the scheme " + url.scheme() + "; " + FORM);
        }
        if (url.hosts().isEmpty() || url.path().filter(path -> !path.isEmpty()).isPresent()) {
            throw url.refused(
                    (url.hosts().isEmpty() ? "names no broker; " : "has a path, and Kafka has nothing for it; ")
                            + FORM);
        }
        if (url.user().isPresent() != url.password().isPresent()) {
            throw url.refused("has a user without a password; " + FORM);
        }
        UrlParameters parameters = UrlParameters.of(url);
        Duration timeout = parameters.duration("timeout", Duration.ofSeconds(4), LONGEST);
        Duration connect = parameters.duration("connect_timeout", Duration.ofSeconds(2), LONGEST);
        String mechanism =
                parameters.oneOf("sasl.mechanism", "PLAIN", List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"));
        Map<String, Object> common = new HashMap<>(times(timeout, connect));
        parameters.text("client_id").ifPresent(id -> common.put(CommonClientConfigs.CLIENT_ID_CONFIG, id));
        Tls tls = Tls.of(parameters, url.scheme().equals("kafka+ssl"), "write kafka+ssl:");
        parameters.end();
        common.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers(url));
        boolean isTls = url.scheme().equals("kafka+ssl");
        boolean login = url.password().isPresent();
        common.put(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                login ? (isTls ? "SASL_SSL" : "SASL_PLAINTEXT") : (isTls ? "SSL" : "PLAINTEXT"));
        if (isTls) {
            common.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, TlsEngines.class);
            common.put(TlsEngines.CONTEXT, tls.context());
        }
        if (login) {
            common.put(SaslConfigs.SASL_MECHANISM, mechanism);
            // So that it is not shown with the rest of them.
            common.put(SaslConfigs.SASL_JAAS_CONFIG, new Password(login(url, mechanism)));
        }
        return new KafkaAddress(url, timeout, connect, Map.copyOf(common), tls);
    }

    private static Map<String, Object> times(Duration timeout, Duration connect) {
        int connectMillis = (int) connect.toMillis();
        return Map.of(
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                (int) (timeout.toMillis() * 5 / 8),
                CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
                connectMillis,
                CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG,
                connectMillis,
                CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG,
                50,
                CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                500,
                CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG,
                100,
                CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG,
                500,
                CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG,
                false);
    }

    private static String brokers(ServiceUrl url) {
        int port = url.scheme().equals("kafka+ssl") ? 9093 : 9092;
        return url.hosts().stream()
                .map(host -> (host.name().contains(":") ? "[" + host.name() + "]" : host.name()) + ":"
                        + host.port().orElse(port))
                .collect(Collectors.joining(","));
    }

    private static String login(ServiceUrl url, String mechanism) {
        String module = mechanism.equals("PLAIN")
                ? "org.apache.kafka.common.security.plain.PlainLoginModule"
                : "org.apache.kafka.common.security.scram.ScramLoginModule";
        return module + " required username=" + quoted(url.user().orElse("")) + " password="
                + quoted(url.password().map(Secret::reveal).orElse("")) + ";";
    }

    /** As the parser of JAAS, which is that of Java's old tokenizer, wants it. */
    private static String quoted(String text) {
        String escaped = text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
        return '"' + escaped + '"';
    }

    Map<String, Object> admin() {
        Map<String, Object> all = new HashMap<>(common);
        all.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) timeout.toMillis());
        return all;
    }

    Map<String, Object> producing() {
        int millis = (int) timeout.toMillis();
        return Map.of(
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                millis,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                millis,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.ACKS_CONFIG,
                "all");
    }

    Map<String, Object> consuming() {
        return Map.of(
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) timeout.toMillis(),
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                6000,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                1000,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest");
    }
}
