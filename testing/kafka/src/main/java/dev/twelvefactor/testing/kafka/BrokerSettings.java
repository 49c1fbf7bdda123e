package dev.twelvefactor.testing.kafka;

import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/** What a broker of one node is told, at every start the same. */
record BrokerSettings(
        Path log, String password, Map<String, Integer> ports, Optional<ServerCertificates> certificates) {

    static BrokerSettings create(Path log, Optional<ServerCertificates> certificates) throws IOException {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (String listener : List.of("CONTROLLER", "PLAINTEXT", "SASL_PLAINTEXT")) {
            ports.put(listener, ServerProcess.freePort());
        }
        if (certificates.isPresent()) {
            ports.put("SASL_SSL", ServerProcess.freePort());
        }
        return new BrokerSettings(log, ServerDirectory.randomHex(16), ports, certificates);
    }

    int port(String listener) {
        return Optional.ofNullable(ports.get(listener))
                .orElseThrow(() -> new IllegalStateException("it has no port for " + listener));
    }

    Map<String, Object> all() {
        Map<String, Object> all = new LinkedHashMap<>();
        StringJoiner listeners = new StringJoiner(",");
        StringJoiner advertised = new StringJoiner(",");
        ports.forEach((listener, port) -> {
            listeners.add(listener + "://127.0.0.1:" + port);
            if (!listener.equals("CONTROLLER")) {
                advertised.add(
                        listener + "://" + (listener.equals("SASL_SSL") ? "localhost" : "127.0.0.1") + ":" + port);
            }
        });
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("log.dirs", log.toString());
        all.put("listeners", listeners.toString());
        all.put("advertised.listeners", advertised.toString());
        all.put(
                "listener.security.protocol.map",
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL");
        all.put("controller.listener.names", "CONTROLLER");
        all.put("inter.broker.listener.name", "PLAINTEXT");
        all.put("controller.quorum.voters", "1@127.0.0.1:" + port("CONTROLLER"));
        logins(all);
        one(all);
        all.put("auto.create.topics.enable", "true");
        all.put("group.initial.rebalance.delay.ms", "0");
        // A start after a stop waits for the end of the session before.
        all.put("broker.heartbeat.interval.ms", "200");
        all.put("broker.session.timeout.ms", "1000");
        // It would take 128 MB.
        all.put("log.cleaner.enable", "false");
        all.put("num.io.threads", "2");
        all.put("background.threads", "2");
        return all;
    }

    private void logins(Map<String, Object> all) {
        all.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512");
        for (String listener : List.of("listener.name.sasl_plaintext.", "listener.name.sasl_ssl.")) {
            all.put(
                    listener + "plain.sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required user_" + KafkaBroker.USER + "=\""
                            + password + "\";");
            all.put(
                    listener + "scram-sha-512.sasl.jaas.config",
                    "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        }
        certificates.ifPresent(tls -> {
            all.put("listener.name.sasl_ssl.ssl.keystore.type", "PEM");
            all.put("listener.name.sasl_ssl.ssl.keystore.key", text(tls.key()));
            all.put("listener.name.sasl_ssl.ssl.keystore.certificate.chain", text(tls.certificate()));
        });
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void one(Map<String, Object> all) {
        for (String name : List.of(
                "num.partitions",
                "default.replication.factor",
                "min.insync.replicas",
                "offsets.topic.num.partitions",
                "offsets.topic.replication.factor",
                "transaction.state.log.num.partitions",
                "transaction.state.log.replication.factor",
                "transaction.state.log.min.isr",
                "share.coordinator.state.topic.num.partitions",
                "share.coordinator.state.topic.replication.factor",
                "share.coordinator.state.topic.min.isr",
                "num.network.threads")) {
            all.put(name, "1");
        }
    }
}
