package dev.twelvefactor.backing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.BlackHole;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerProcess;
import dev.twelvefactor.testing.kafka.KafkaBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
@ExtendWith(KafkaBroker.Shared.class)
class KafkaTest {
    private static final String IN_TIME =
            "no broker answers as Kafka in time (a login that is missing, or TLS on one side only, looks so too)";

    private static void assertRefused(String url, String sentence) {
        assertThat(AttachmentProbe.refusal(url, Duration.ofSeconds(6), Kafka::clients))
                .startsWith("service (kafka")
                .endsWith("could not be attached: " + sentence)
                .doesNotContain("hunter2");
    }

    private static Producer<String, String> producer(KafkaClients kafka) {
        return kafka.producer(new StringSerializer(), new StringSerializer());
    }

    private static List<String> consume(Consumer<String, String> consumer, int number) {
        List<String> values = new ArrayList<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (values.size() < number && System.nanoTime() < end) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                values.add(record.value());
            }
        }
        consumer.commitSync();
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?sasl.mechanism=SCRAM-SHA-512"})
    void carries_a_record(String parameters, KafkaBroker broker) throws Exception {
        String topic = "records" + parameters.length();
        try (AttachmentProbe<KafkaClients> kafka = AttachmentProbe.attach(broker.url() + parameters, Kafka::clients)) {
            producer(kafka.client())
                    .send(new ProducerRecord<>(topic, "k", "hello"))
                    .get(10, TimeUnit.SECONDS);
            try (Consumer<String, String> consumer =
                    kafka.client().consumer("group", new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of(topic));
                assertThat(consume(consumer, 1)).containsExactly("hello");
            }
            assertThat(kafka.client().admin().listTopics().names().get()).contains(topic);
        }
    }

    @Test
    void sends_what_a_producer_has_in_hand_when_it_is_closed(KafkaBroker broker) throws Exception {
        try (AttachmentProbe<KafkaClients> kafka = AttachmentProbe.attach(broker.openUrl(), Kafka::clients)) {
            Producer<String, String> producer = producer(kafka.client());
            producer.send(new ProducerRecord<>("last", "first")).get(10, TimeUnit.SECONDS);
            Future<RecordMetadata> unused = producer.send(new ProducerRecord<>("last", "words"));
        }
        try (AttachmentProbe<KafkaClients> kafka = AttachmentProbe.attach(broker.openUrl(), Kafka::clients)) {
            Consumer<String, String> consumer =
                    kafka.client().consumer("another", new StringDeserializer(), new StringDeserializer());
            consumer.subscribe(List.of("last"));
            assertThat(consume(consumer, 2)).containsExactly("first", "words");
        }
    }

    @Test
    void says_that_the_password_is_wrong(KafkaBroker broker) {
        for (String parameters : List.of("", "?sasl.mechanism=SCRAM-SHA-512")) {
            assertRefused(
                    broker.url().replaceFirst("app:[^@]*@", "app:hunter2@") + parameters,
                    "the user \"app\" or its password was refused");
        }
        assertRefused(broker.url() + "?sasl.mechanism=SCRAM-SHA-256", "the broker does not take this sasl.mechanism");
    }

    @Test
    void says_that_there_is_no_login_or_should_be_one(KafkaBroker broker) {
        assertRefused(
                broker.openUrl().replaceFirst("//", "//app:hunter2@"),
                "the broker wants no login on this port; leave user and password out");
        assertRefused(broker.url().replaceFirst("//[^@]*@", "//"), IN_TIME);
    }

    @Test
    void says_that_nobody_answers() throws Exception {
        assertRefused(
                "kafka://app:hunter2@127.0.0.1:" + ServerProcess.freePort(),
                "no server answers there (connection refused)");
        assertRefused("kafka://app:hunter2@nowhere.invalid", "the host's name is not known");
        try (BlackHole hole = BlackHole.open()) {
            assertRefused("kafka://app:hunter2@127.0.0.1:" + hole.port(), IN_TIME);
        }
    }

    @Test
    void speaks_tls_to_who_can_prove_to_be_the_broker(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forThisHost(directory);
        try (KafkaBroker broker = KafkaBroker.startWith(certificates)) {
            for (String parameters : List.of("?tls.ca=" + certificates.authority(), "?tls.verify=none")) {
                try (AttachmentProbe<KafkaClients> kafka =
                        AttachmentProbe.attach(broker.tlsUrl() + parameters, Kafka::clients)) {
                    assertThat(kafka.client().admin().describeCluster().nodes().get())
                            .hasSize(1);
                }
            }
            assertRefused(
                    broker.tlsUrl(),
                    "the server's certificate is not signed by an authority that is trusted here; name that authority's file with tls.ca");
            assertRefused(broker.url().replaceFirst("kafka:", "kafka+ssl:"), IN_TIME);
            assertRefused(broker.tlsUrl().replaceFirst("kafka\\+ssl:", "kafka:"), IN_TIME);
        }
    }

    @Test
    void says_that_the_certificate_is_for_another_host(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forAnotherHost(directory);
        try (KafkaBroker broker = KafkaBroker.startWith(certificates)) {
            String url = broker.tlsUrl() + "?tls.ca=" + certificates.authority();
            assertRefused(url, "the server's certificate is for another host");
            try (AttachmentProbe<KafkaClients> kafka = AttachmentProbe.attach(url + "&tls.verify=ca", Kafka::clients)) {
                assertThat(kafka.awaitUp().up()).isTrue();
            }
        }
    }

    @Test
    void is_down_while_the_broker_is_gone_and_up_when_it_is_back() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start();
                AttachmentProbe<KafkaClients> kafka = AttachmentProbe.attach(broker.url(), Kafka::clients)) {
            Producer<String, String> producer = producer(kafka.client());
            producer.send(new ProducerRecord<>("kept", "before")).get(10, TimeUnit.SECONDS);
            broker.kill();
            ServiceHealth down = kafka.awaitDown();
            assertThat(down.reason()).contains("no server answers there (connection refused)");
            long start = System.nanoTime();
            assertThatThrownBy(() ->
                            producer.send(new ProducerRecord<>("kept", "lost")).get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .satisfies(
                            failure -> assertThat(kafka.isUnavailable(failure)).isTrue());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
            broker.startAgain();
            ServiceHealth unused = kafka.awaitUp();
            producer.send(new ProducerRecord<>("kept", "after")).get(10, TimeUnit.SECONDS);
            Consumer<String, String> consumer =
                    kafka.client().consumer("reader", new StringDeserializer(), new StringDeserializer());
            consumer.subscribe(List.of("kept"));
            assertThat(consume(consumer, 2)).containsExactly("before", "after");
        }
    }

    @Test
    void is_closed_in_time_though_the_broker_is_gone() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start()) {
            AttachmentProbe<KafkaClients> kafka = AttachmentProbe.attach(broker.url(), Kafka::clients);
            Producer<String, String> producer = producer(kafka.client());
            producer.send(new ProducerRecord<>("left", "one")).get(10, TimeUnit.SECONDS);
            broker.kill();
            Future<RecordMetadata> lost = producer.send(new ProducerRecord<>("left", "another"));
            long start = System.nanoTime();
            kafka.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
            assertThat(lost).isDone();
        }
    }

    @Test
    void closes_its_clients_at_the_same_time() throws Exception {
        int number = 8;
        try (KafkaBroker broker = KafkaBroker.start()) {
            AttachmentProbe<KafkaClients> kafka = AttachmentProbe.attach(broker.url(), Kafka::clients);
            List<Future<RecordMetadata>> lost = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                // A record that it still has when it is closed, and would send for longer than a close waits.
                Producer<String, String> producer = kafka.client()
                        .producer(
                                new StringSerializer(),
                                new StringSerializer(),
                                Map.of("linger.ms", 60_000, "delivery.timeout.ms", 120_000, "max.block.ms", 30_000));
                assertThat(producer.partitionsFor("many")).hasSize(1);
                lost.add(producer.send(new ProducerRecord<>("many", "one")));
            }
            broker.kill();
            long start = System.nanoTime();
            kafka.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2L * number - 2));
            assertThat(lost).allSatisfy(each -> assertThat(each).isDone());
        }
    }

    @Test
    void takes_what_is_not_there_for_a_mistake_of_the_app(KafkaBroker broker) {
        try (AttachmentProbe<KafkaClients> kafka =
                AttachmentProbe.attach(broker.openUrl() + "?timeout=1s", Kafka::clients)) {
            Producer<String, String> producer = producer(kafka.client());
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("narrow", 5, "k", "v"))
                            .get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("Partition 5 of topic narrow with partition count 1 is not present")
                    .satisfies(
                            failure -> assertThat(kafka.isUnavailable(failure)).isFalse());
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("narrow", "x".repeat(2_000_000)))
                            .get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("larger than")
                    .satisfies(
                            failure -> assertThat(kafka.isUnavailable(failure)).isFalse());
            // As a producer throws it where brokers create no topics by themselves, and where they do not answer.
            assertThat(kafka.isUnavailable(new TimeoutException(
                            "Topic t not present in metadata after 1000 ms.",
                            new UnknownTopicOrPartitionException("no such topic"))))
                    .isFalse();
            assertThat(kafka.isUnavailable(new TimeoutException("Topic t not present in metadata after 1000 ms.")))
                    .isTrue();
        }
    }

    @Test
    void logs_in_with_a_password_that_the_login_file_could_not_hold() {
        KafkaAddress address =
                KafkaAddress.of(ServiceUrl.parse("kafka://a%22b:x%5Cy%22%0Az%3B@h?sasl.mechanism=SCRAM-SHA-256"));
        assertThat(address.toString()).doesNotContain("xyz", "x\\");
        assertThat(((Password) address.common().get("sasl.jaas.config")).value())
                .isEqualTo("org.apache.kafka.common.security.scram.ScramLoginModule required"
                        + " username=\"a\\\"b\" password=\"x\\\\y\\\"\\nz;\";");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h | has the scheme http; write kafka://user:password@broker:9092,broker:9092, or kafka+ssl: for TLS",
                "kafka:// | names no broker; write kafka://",
                "kafka://h/topic | has a path, and Kafka has nothing for it; write kafka://",
                "kafka://hunter2@h | has a user without a password; write kafka://",
                "kafka://h?sasl.mechanism=GSSAPI | has a parameter, sasl.mechanism, that is none of its values",
                "kafka://h?acks=1 | has an unknown parameter, acks; known are",
            })
    void refuses_a_url_that_it_cannot_use(String url, String why) {
        assertThatThrownBy(() -> KafkaAddress.of(ServiceUrl.parse(url)))
                .isInstanceOf(ConfigException.class)
                .message()
                .contains(why)
                .doesNotContain("hunter2");
    }
}
