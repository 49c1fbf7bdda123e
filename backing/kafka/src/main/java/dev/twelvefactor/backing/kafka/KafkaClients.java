package dev.twelvefactor.backing.kafka;

import java.time.Duration;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
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
 * The clients of one cluster, with its brokers, its login and bounded times set. What is still open when the process drains is closed after the workers: a producer sends what
 * it has first.
 */
public final class KafkaClients {
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Admin admin;
    private final Map<String, Object> common;
    private final Map<String, Object> producing;
    private final Map<String, Object> consuming;
    /** Weakly: whoever closes a client and forgets it is not to be remembered here. */
    private final Set<AutoCloseable> open = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

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
        open.add(producer);
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
        if ("consumer".equals(settings.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG))) {
            // The newer protocol has the broker say these two.
            all.remove(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
            all.remove(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);
        }
        KafkaConsumer<K, V> consumer = new KafkaConsumer<>(all, keys, values);
        open.add(consumer);
        return consumer;
    }

    /** All at the same time: brokers that do not answer cost the time of one client, however many there are. */
    void close() throws InterruptedException {
        List<AutoCloseable> clients;
        synchronized (open) {
            clients = List.copyOf(open);
        }
        Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
        List<Thread> closing = clients.stream()
                .map(client -> start(() -> close(client), failures))
                .toList();
        admin.close(CLOSE);
        for (Thread thread : closing) {
            thread.join();
        }
        RuntimeException failure = failures.poll();
        if (failure != null) {
            failures.forEach(failure::addSuppressed);
            throw failure;
        }
    }

    private static Thread start(Runnable work, Queue<RuntimeException> failures) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        failures.add(e);
                    }
                },
                "close-kafka");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void close(AutoCloseable client) {
        if (client instanceof Producer<?, ?> producer) {
            producer.close(CLOSE);
        } else if (client instanceof Consumer<?, ?> consumer) {
            try {
                consumer.close(CloseOptions.timeout(CLOSE));
            } catch (ConcurrentModificationException e) {
                // Its thread is still at it: it may be told to stop, and not more.
                consumer.wakeup();
            }
        }
    }
}
