package dev.twelvefactor.backing.kafka;

import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * The clients of one cluster, with its brokers, its login and bounded times set. What is still open when the process drains is closed behind the workers: a producer sends what
 * it has first.
 */
public final class KafkaClients {
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Admin admin;
    private final Map<String, Object> common;
    private final Map<String, Object> producing;
    private final Map<String, Object> consuming;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    KafkaClients(
            Admin admin, Map<String, Object> common, Map<String, Object> producing, Map<String, Object> consuming) {
        this.admin = admin;
        this.common = common;
        this.producing = producing;
        this.consuming = consuming;
    }

    /** The admin client. It is not to be closed. */
    public Admin admin() {
        return admin;
    }

    /** A producer for all threads; {@code acks=all}, and what cannot be delivered within the timeout fails. */
    public <K, V> Producer<K, V> producer(Serializer<K> keys, Serializer<V> values) {
        return producer(keys, values, Map.of());
    }

    /** The same with more of Kafka's own settings, or others in the place of ours. */
    public <K, V> Producer<K, V> producer(Serializer<K> keys, Serializer<V> values, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(common);
        all.putAll(producing);
        all.putAll(settings);
        KafkaProducer<K, V> producer = new KafkaProducer<>(all, keys, values);
        open.add(() -> producer.close(CLOSE));
        return producer;
    }

    /**
     * A consumer of a group, for one thread. It commits nothing by itself: commit what was worked off. A worker closes it when it has stopped fetching, so that its partitions
     * go to another instance at once.
     */
    public <K, V> Consumer<K, V> consumer(String group, Deserializer<K> keys, Deserializer<V> values) {
        return consumer(group, keys, values, Map.of());
    }

    /** The same with more of Kafka's own settings, or others in the place of ours. */
    public <K, V> Consumer<K, V> consumer(
            String group, Deserializer<K> keys, Deserializer<V> values, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(common);
        all.putAll(consuming);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        all.putAll(settings);
        KafkaConsumer<K, V> consumer = new KafkaConsumer<>(all, keys, values);
        open.add(() -> {
            try {
                consumer.close(CloseOptions.timeout(CLOSE));
            } catch (ConcurrentModificationException e) {
                // Its thread is still at it: it may be told to stop, and not more.
                consumer.wakeup();
            }
        });
        return consumer;
    }

    void close() throws Exception {
        try {
            for (AutoCloseable client : open) {
                client.close();
            }
        } finally {
            admin.close(CLOSE);
        }
    }
}
