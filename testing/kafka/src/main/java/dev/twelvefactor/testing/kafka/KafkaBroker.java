package dev.twelvefactor.testing.kafka;

import dev.twelvefactor.testing.RestartableServer;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerSource;
import dev.twelvefactor.testing.SharedServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker in this JVM, a controller of itself (KRaft), with a user {@code app} that may log in by PLAIN and by SCRAM-SHA-512. Topics come about when they are used.
 */
public final class KafkaBroker implements RestartableServer {
    static final String USER = "app";

    private final ServerDirectory directory;
    private final BrokerSettings settings;
    private Optional<KafkaRaftServer> running = Optional.empty();

    private KafkaBroker(ServerDirectory directory, BrokerSettings settings) {
        this.directory = directory;
        this.settings = settings;
    }

    /** Gives tests one broker for the whole run: {@code @ExtendWith(KafkaBroker.Shared.class)}. */
    public static final class Shared extends SharedServer<KafkaBroker> {
        /** For JUnit. */
        public Shared() {
            super(KafkaBroker.class, KafkaBroker::start);
        }
    }

    /**
     * Starts one.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if it cannot be started here
     */
    public static KafkaBroker start() {
        return ServerSource.startBinary("Kafka", () -> start(Optional.empty()));
    }

    /**
     * Starts one with a port for TLS beside the others.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if it cannot be started here
     */
    public static KafkaBroker startWith(ServerCertificates certificates) {
        return ServerSource.startBinary("Kafka", () -> start(Optional.of(certificates)));
    }

    private static KafkaBroker start(Optional<ServerCertificates> certificates) throws IOException {
        // Else it says on stderr that it has nothing to log with.
        System.setProperty("log4j2.statusLoggerLevel", "OFF");
        ServerDirectory directory = ServerDirectory.create("kafka");
        try {
            BrokerSettings settings = BrokerSettings.create(directory.path().resolve("log"), certificates);
            try (PrintStream nowhere =
                    new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
                new Formatter()
                        .setPrintStream(nowhere)
                        .setNodeId(1)
                        .setClusterId(Uuid.randomUuid().toString())
                        .setDirectories(List.of(settings.log().toString()))
                        .setMetadataLogDirectory(settings.log().toString())
                        .setControllerListenerName("CONTROLLER")
                        .setReleaseVersion(MetadataVersion.latestProduction())
                        .setScramArguments(List.of(scram(settings.password())))
                        .run();
            } catch (Exception e) {
                throw new IOException(e);
            }
            KafkaBroker broker = new KafkaBroker(directory, settings);
            broker.startAgain();
            return broker;
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** What the broker is to know of the password: not the password itself. */
    private static String scram(String password) throws GeneralSecurityException {
        ScramFormatter formatter = new ScramFormatter(ScramMechanism.SCRAM_SHA_512);
        byte[] salt = formatter.secureRandomBytes();
        byte[] salted = formatter.hi(ScramFormatter.normalize(password), salt, 4096);
        Base64.Encoder encoder = Base64.getEncoder();
        return "SCRAM-SHA-512=[name=\"" + USER + "\",iterations=4096,salt=\"" + encoder.encodeToString(salt)
                + "\",saltedpassword=\"" + encoder.encodeToString(salted) + "\"]";
    }

    /** Where the user {@code app} logs in. */
    @Override
    public String url() {
        return "kafka://" + USER + ":" + settings.password() + "@127.0.0.1:" + settings.port("SASL_PLAINTEXT");
    }

    /** Where nobody logs in. */
    public String openUrl() {
        return "kafka://127.0.0.1:" + settings.port("PLAINTEXT");
    }

    /** Where the user logs in by TLS. */
    public String tlsUrl() {
        return "kafka+ssl://" + USER + ":" + settings.password() + "@localhost:" + settings.port("SASL_SSL");
    }

    @Override
    public String description() {
        return "Kafka: a broker in this JVM, port " + settings.port("SASL_PLAINTEXT");
    }

    /** In an orderly way: it shares this JVM. */
    @Override
    public synchronized void kill() {
        running.ifPresent(server -> {
            server.shutdown();
            server.awaitShutdown();
        });
        running = Optional.empty();
    }

    @Override
    public synchronized void startAgain() {
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(Map.copyOf(settings.all()), false), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException | Error e) {
            server.shutdown();
            throw e;
        }
        running = Optional.of(server);
    }

    @Override
    public void close() {
        kill();
        directory.close();
    }

    @Override
    public String toString() {
        return description();
    }
}
