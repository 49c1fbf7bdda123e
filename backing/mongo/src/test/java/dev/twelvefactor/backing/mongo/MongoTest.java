package dev.twelvefactor.backing.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.BlackHole;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerProcess;
import dev.twelvefactor.testing.TcpGate;
import dev.twelvefactor.testing.mongo.MongoTestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.BsonDocument;
import org.bson.BsonReader;
import org.bson.BsonWriter;
import org.bson.Document;
import org.bson.codecs.Codec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.DocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.codecs.configuration.CodecRegistries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
@ExtendWith(MongoTestServer.Shared.class)
class MongoTest {
    private static void assertRefused(String url, String sentence) {
        assertThat(AttachmentProbe.refusal(url, Duration.ofSeconds(6), Mongo::database))
                .startsWith("service (mongodb")
                .endsWith("could not be attached: " + sentence)
                .doesNotContain("hunter2");
    }

    private static int port(String url) {
        return ServiceUrl.parse(url).hosts().get(0).port().orElseThrow();
    }

    @Test
    void keeps_documents(MongoTestServer server) throws Exception {
        try (AttachmentProbe<MongoDatabase> mongo =
                AttachmentProbe.attach(server.url() + "?pool.max=3", Mongo::database)) {
            MongoCollection<Document> collection = mongo.client().getCollection("things");
            var unused = collection.insertOne(new Document("name", "one"));
            assertThat(collection.find().first()).containsEntry("name", "one");
            assertThat(mongo.client().getName()).isEqualTo("app");
            assertThat(mongo.gauges()).containsEntry("pool_max", 3.0).containsKeys("pool_idle", "pool_waiting");
            // But for a check that has one for the moment, all come back.
            while (!mongo.gauges().get("pool_active").equals(0.0)) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void gives_the_client_where_the_app_wants_more_than_one_database(MongoTestServer server) throws Exception {
        try (AttachmentProbe<MongoClient> mongo = AttachmentProbe.attach(server.url(), Mongo::client)) {
            var unused = mongo.client().getDatabase("other").getCollection("c").insertOne(new Document("a", 1));
            assertThat(mongo.client().listDatabaseNames().into(new ArrayList<>()))
                    .contains("other");
        }
    }

    @Test
    void says_that_the_password_is_wrong(MongoTestServer server) {
        String sentence = "the user \"app\" or its password was refused";
        assertRefused(server.url().replaceFirst("app:[^@]*@", "app:hunter2@"), sentence);
        assertRefused(server.url().replaceFirst("app:[^@]*@", "nobody:hunter2@"), sentence.replace("app", "nobody"));
    }

    @Test
    void says_that_nobody_answers() throws Exception {
        assertRefused(
                "mongodb://app:hunter2@127.0.0.1:" + ServerProcess.freePort() + "/app",
                "no server answers there (connection refused)");
        assertRefused("mongodb://app:hunter2@nowhere.invalid/app", "the host's name is not known");
        assertRefused(
                "mongodb+srv://app:hunter2@nowhere.example.invalid/app",
                "the name service has no SRV record for this host");
        try (BlackHole hole = BlackHole.open()) {
            assertRefused("mongodb://app:hunter2@127.0.0.1:" + hole.port() + "/app", "no server answers there in time");
        }
    }

    @Test
    void speaks_tls_to_who_can_prove_to_be_the_server(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forThisHost(directory);
        try (MongoTestServer server = MongoTestServer.startWith(certificates)) {
            for (String parameters : List.of("&tls.ca=" + certificates.authority(), "&tls.verify=none")) {
                try (AttachmentProbe<MongoDatabase> mongo =
                        AttachmentProbe.attach(server.url() + parameters, Mongo::database)) {
                    assertThat(mongo.awaitUp().up()).isTrue();
                }
            }
            assertRefused(
                    server.url(),
                    "the server's certificate is not signed by an authority that is trusted here; name that authority's file with tls.ca");
            assertRefused(
                    server.url().replace("?tls=true", ""),
                    "the server ends connections at once (if it wants TLS, add tls=true)");
        }
    }

    @Test
    void says_that_the_certificate_is_for_another_host(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forAnotherHost(directory);
        try (MongoTestServer server = MongoTestServer.startWith(certificates)) {
            String url = server.url() + "&tls.ca=" + certificates.authority();
            assertRefused(url, "the server's certificate is for another host");
            try (AttachmentProbe<MongoDatabase> mongo =
                    AttachmentProbe.attach(url + "&tls.verify=ca", Mongo::database)) {
                assertThat(mongo.awaitUp().up()).isTrue();
            }
        }
    }

    @Test
    void is_down_while_the_server_is_gone_and_up_when_it_is_back() throws Exception {
        try (MongoTestServer server = MongoTestServer.start();
                AttachmentProbe<MongoDatabase> mongo = AttachmentProbe.attach(server.url(), Mongo::database)) {
            MongoCollection<Document> collection = mongo.client().getCollection("kept");
            var unused = collection.insertOne(new Document("name", "one"));
            server.kill();
            ServiceHealth down = mongo.awaitDown();
            assertThat(down.reason()).contains("no server answers there (connection refused)");
            long start = System.nanoTime();
            assertThatThrownBy(() -> collection.find().first())
                    .satisfies(
                            failure -> assertThat(mongo.isUnavailable(failure)).isTrue());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            server.startAgain();
            ServiceHealth again = mongo.awaitUp();
            assertThat(again.reason()).isEmpty();
            assertThat(collection.find().first()).containsEntry("name", "one");
        }
    }

    @Test
    void is_down_while_the_way_is_lost_and_waits_for_nothing(MongoTestServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<MongoDatabase> mongo =
                        AttachmentProbe.attach(gate.through(server.url()) + "?timeout=2s", Mongo::database)) {
            gate.swallow();
            ServiceHealth down = mongo.awaitDown();
            assertThat(down.reason()).contains("no server answers there in time");
            long start = System.nanoTime();
            assertThatThrownBy(() -> mongo.client().getCollection("c").countDocuments())
                    .satisfies(
                            failure -> assertThat(mongo.isUnavailable(failure)).isTrue());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            gate.open();
            ServiceHealth again = mongo.awaitUp();
            assertThat(again.up()).isTrue();
        }
    }

    @Test
    void is_closed_in_time_though_the_way_is_lost(MongoTestServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url())) {
            AttachmentProbe<MongoDatabase> mongo = AttachmentProbe.attach(gate.through(server.url()), Mongo::database);
            assertThat(mongo.awaitUp().up()).isTrue();
            gate.swallow();
            long start = System.nanoTime();
            mongo.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
    }

    /** Writes a document as slowly as a test wants, on a connection of the pool. */
    private record SlowCodec(CountDownLatch begun, CountDownLatch goOn) implements Codec<Document> {
        @Override
        public void encode(BsonWriter writer, Document value, EncoderContext context) {
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            new DocumentCodec().encode(writer, value, context);
        }

        @Override
        public Document decode(BsonReader reader, DecoderContext context) {
            return new DocumentCodec().decode(reader, context);
        }

        @Override
        public Class<Document> getEncoderClass() {
            return Document.class;
        }
    }

    @Test
    void is_up_while_the_app_uses_all_connections_of_the_pool(MongoTestServer server) throws Exception {
        SlowCodec codec = new SlowCodec(new CountDownLatch(1), new CountDownLatch(1));
        try (AttachmentProbe<MongoDatabase> mongo =
                AttachmentProbe.attach(server.url() + "?pool.max=1", Mongo::database)) {
            MongoCollection<Document> slow = mongo.client()
                    .getCollection("slow")
                    .withCodecRegistry(CodecRegistries.fromRegistries(
                            CodecRegistries.fromCodecs(codec), MongoClientSettings.getDefaultCodecRegistry()));
            Thread writer = new Thread(() -> slow.insertOne(new Document("name", "one")));
            writer.start();
            codec.begun().await();
            assertThat(mongo.gauges()).containsEntry("pool_active", 1.0);
            ServiceHealth last = mongo.health();
            for (int checks = 0; checks < 5; ) {
                ServiceHealth next = mongo.health();
                assertThat(next.reason()).isEmpty();
                if (!next.equals(last)) {
                    checks++;
                    last = next;
                }
                Thread.sleep(10);
            }
            codec.goOn().countDown();
            writer.join();
            assertThat(mongo.client().getCollection("slow").countDocuments()).isEqualTo(1);
        }
    }

    @Test
    void a_write_that_fails_while_the_server_is_away_has_no_effect(MongoTestServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<MongoDatabase> mongo =
                        AttachmentProbe.attach(gate.through(server.url()) + "?selection_timeout=1s", Mongo::database)) {
            MongoCollection<Document> collection = mongo.client().getCollection("away");
            gate.refuse();
            assertThat(mongo.awaitDown().up()).isFalse();
            assertThatThrownBy(() -> collection.insertOne(new Document("_id", 1)))
                    .satisfies(
                            failure -> assertThat(mongo.isUnavailable(failure)).isTrue());
            gate.open();
            assertThat(mongo.awaitUp().up()).isTrue();
            assertThat(collection.countDocuments()).isZero();
        }
    }

    @Test
    void a_write_that_timed_out_may_have_had_its_effect_and_is_repeated_safely_by_its_id(MongoTestServer server)
            throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<MongoDatabase> observer = AttachmentProbe.attach(server.url(), Mongo::database);
                AttachmentProbe<MongoDatabase> mongo =
                        AttachmentProbe.attach(gate.through(server.url()) + "?timeout=1s", Mongo::database)) {
            MongoCollection<Document> collection = mongo.client().getCollection("unknown");
            gate.swallowAnswers();
            assertThatThrownBy(() -> collection.insertOne(new Document("_id", 1)))
                    .isInstanceOf(MongoSocketReadTimeoutException.class)
                    .satisfies(
                            failure -> assertThat(mongo.isUnavailable(failure)).isTrue());
            assertThat(observer.client().getCollection("unknown").countDocuments())
                    .isEqualTo(1);
            gate.open();
            assertThat(mongo.awaitUp().up()).isTrue();
            assertThatThrownBy(() -> collection.insertOne(new Document("_id", 1)))
                    .isInstanceOf(MongoWriteException.class)
                    .hasMessageContaining("E11000")
                    .satisfies(
                            failure -> assertThat(mongo.isUnavailable(failure)).isFalse());
            assertThat(collection.countDocuments()).isEqualTo(1);
        }
    }

    @Test
    void tells_the_server_when_to_give_up_a_write_that_has_a_timeout(MongoTestServer server) {
        MongoAddress address = MongoAddress.of(ServiceUrl.parse(server.url()));
        AtomicReference<BsonDocument> sent = new AtomicReference<>();
        CommandListener listener = new CommandListener() {
            @Override
            public void commandStarted(CommandStartedEvent event) {
                sent.set(event.getCommand().clone());
            }
        };
        MongoClientSettings settings = MongoClientSettings.builder(address.settings("shop", new PoolGauges()))
                .addCommandListener(listener)
                .build();
        try (MongoClient client = MongoClients.create(settings)) {
            MongoCollection<Document> collection = client.getDatabase("app").getCollection("limits");
            var unused = collection.insertOne(new Document("name", "one"));
            assertThat(sent.get().containsKey("maxTimeMS")).isFalse();
            var unusedToo = collection.withTimeout(9, TimeUnit.SECONDS).insertOne(new Document("name", "two"));
            assertThat(sent.get().getNumber("maxTimeMS").longValue()).isBetween(1L, 9000L);
        }
        assertThat(MongoAddress.of(ServiceUrl.parse(server.url() + "?timeoutMS=9000"))
                        .settings("shop", new PoolGauges())
                        .getTimeout(TimeUnit.SECONDS))
                .isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h/d | has the scheme http; write mongodb://user:password@host:27017/database, or mongodb+srv:",
                "mongodb:///d | names no host; write mongodb://",
                "mongodb://hunter2@h/d | has a user without a password; write mongodb://",
                "mongodb://u:hunter2@h/d?tls=perhaps | has a parameter, tls, that is none of its values; write true, false",
                "mongodb://u:hunter2@h/d?noSuch=1 | has an unknown parameter, noSuch; known are",
                "mongodb://u:hunter2@h1,h2/d?directConnection=true | is not one that the driver takes: ",
                "mongodb+srv://u:hunter2@h.example:27017/d | names several hosts or a port, and the name service does that",
                "mongodb://u:hunter2@h/my.db | names a database that cannot be: ",
                "mongodb://u:hunter2@h/d?tls.ca=/ca.pem | has a parameter, tls.ca, that means nothing without TLS; add tls=true",
            })
    void refuses_a_url_that_it_cannot_use(String url, String why) {
        assertThatThrownBy(() -> MongoAddress.of(ServiceUrl.parse(url)))
                .isInstanceOf(ConfigException.class)
                .message()
                .contains(why)
                .doesNotContain("hunter2");
    }

    @Test
    void says_that_the_server_wants_a_login(MongoTestServer server) {
        assertRefused(
                server.url().replaceFirst("//[^@]*@", "//"),
                "the server wants a login; write mongodb://user:password@host/database");
    }

    @ParameterizedTest
    @CsvSource({
        "mongodb://u:p@h/shop, shop",
        "mongodb://u:p@h/shop?authSource=admin, admin",
        "mongodb://u:p@h, admin",
    })
    void logs_in_where_the_url_says(String url, String source) {
        assertThat(MongoAddress.of(ServiceUrl.parse(url))
                        .settings("shop", new PoolGauges())
                        .getCredential()
                        .getSource())
                .isEqualTo(source);
    }

    @Test
    void takes_what_platforms_hand_out() {
        MongoAddress address = MongoAddress.of(
                ServiceUrl.parse(
                        "mongodb://u:p%40ss@h:10255/shop?ssl=true&replicaSet=globaldb&retrywrites=false&maxIdleTimeMS=120000&appName=%40acc%40"));
        assertThat(address.isTls()).isTrue();
        MongoClientSettings settings = address.settings("shop", new PoolGauges());
        assertThat(settings.getRetryWrites()).isFalse();
        assertThat(settings.getApplicationName()).isEqualTo("@acc@");
        assertThat(settings.getConnectionPoolSettings().getMaxConnectionIdleTime(TimeUnit.SECONDS))
                .isEqualTo(120);
        assertThat(MongoAddress.of(ServiceUrl.parse("mongodb+srv://u:p@cluster0.example.net/shop?w=majority"))
                        .isTls())
                .isTrue();
    }
}
