package dev.twelvefactor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twelvefactor.backing.KeyedStore;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link KeyedStore} does, as tests: a test class of an implementation implements this and gains them. They use keys of their own, so the
 * store may have others in it.
 *
 * <pre>{@code
 * class MyStoreTest implements KeyedStoreContract {
 *     @Override
 *     public KeyedStore keyedStore() {
 *         return new MyStore(…);
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
public interface KeyedStoreContract {
    /** The store that is tested. */
    KeyedStore keyedStore();

    private static String newKey() {
        return UUID.randomUUID().toString();
    }

    /** Puts, gets, touches and deletes. */
    @Test
    default void keeps_a_text_until_it_is_deleted() {
        KeyedStore store = keyedStore();
        String key = newKey();
        Duration hour = Duration.ofHours(1);
        assertEquals(Optional.empty(), store.get(key));
        assertEquals(Optional.empty(), store.getAndTouch(key, hour));
        assertFalse(store.touch(key, hour));
        store.put(key, "", hour);
        assertEquals(Optional.of(""), store.get(key));
        store.put(key, "Zoë 😀\n\"", hour);
        assertEquals(Optional.of("Zoë 😀\n\""), store.get(key));
        assertEquals(Optional.of("Zoë 😀\n\""), store.getAndTouch(key, hour));
        assertTrue(store.touch(key, hour));
        assertTrue(store.delete(key));
        assertFalse(store.delete(key));
        assertEquals(Optional.empty(), store.get(key));
    }

    /** Compares the whole text. */
    @Test
    default void replaces_only_the_text_that_is_expected() {
        KeyedStore store = keyedStore();
        String key = newKey();
        Duration hour = Duration.ofHours(1);
        assertFalse(store.replace(key, "", "new", hour));
        assertFalse(store.replace(key, "old", "new", hour));
        assertEquals(Optional.empty(), store.get(key));
        store.put(key, "old", hour);
        for (String other : List.of("", "ol", "old ", "OLD", "new")) {
            assertFalse(store.replace(key, other, "new", hour), other);
        }
        assertEquals(Optional.of("old"), store.get(key));
        assertTrue(store.replace(key, "old", "Zoë 😀", hour));
        assertTrue(store.replace(key, "Zoë 😀", "Zoë 😀", hour));
        assertEquals(Optional.of("Zoë 😀"), store.get(key));
        assertTrue(store.delete(key));
        assertFalse(store.replace(key, "Zoë 😀", "again", hour));
        assertEquals(Optional.empty(), store.get(key));
    }

    /** Each thread adds one to a number, again and again, by a replacement. */
    @Test
    default void lets_one_of_several_replacements_at_once_succeed() throws Exception {
        KeyedStore store = keyedStore();
        String key = newKey();
        int threads = 8;
        int times = 25;
        store.put(key, "0", Duration.ofHours(1));
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> counters = Collections.nCopies(threads, () -> {
                for (int i = 0; i < times; i++) {
                    increment(store, key);
                }
                return null;
            });
            for (Future<Void> counter : pool.invokeAll(counters)) {
                counter.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals(Optional.of(Integer.toString(threads * times)), store.get(key));
    }

    private static void increment(KeyedStore store, String key) {
        String seen;
        do {
            seen = store.get(key).orElseThrow();
        } while (!store.replace(key, seen, Integer.toString(Integer.parseInt(seen) + 1), Duration.ofHours(1)));
    }

    /** Each write counts its own time to live. */
    @Test
    default void forgets_a_text_after_its_time() {
        KeyedStore store = keyedStore();
        Duration hour = Duration.ofHours(1);
        Duration moment = Duration.ofMillis(50);
        String put = newKey();
        store.put(put, "a", moment);
        String replaced = newKey();
        store.put(replaced, "a", hour);
        assertTrue(store.replace(replaced, "a", "b", moment));
        String touched = newKey();
        store.put(touched, "a", hour);
        assertTrue(store.touch(touched, moment));
        String read = newKey();
        store.put(read, "a", hour);
        assertEquals(Optional.of("a"), store.getAndTouch(read, moment));
        for (String key : List.of(put, replaced, touched, read)) {
            while (store.get(key).isPresent()) {
                Thread.onSpinWait();
            }
        }
        assertFalse(store.replace(put, "a", "b", hour));
    }

    /** A time of some nanoseconds neither fails nor deletes; zero and less are refused. */
    @Test
    default void takes_the_shortest_time_and_refuses_zero() {
        KeyedStore store = keyedStore();
        String key = newKey();
        Duration shortest = Duration.ofNanos(1);
        store.put(key, "a", shortest);
        store.put(key, "a", Duration.ofHours(1));
        assertTrue(store.touch(key, shortest));
        store.put(key, "a", Duration.ofHours(1));
        assertEquals(Optional.of("a"), store.getAndTouch(key, shortest));
        store.put(key, "a", Duration.ofHours(1));
        assertTrue(store.replace(key, "a", "b", shortest));
        store.put(key, "kept", Duration.ofHours(1));
        for (Duration none : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(-1))) {
            assertThrows(IllegalArgumentException.class, () -> store.put(key, "b", none));
            assertThrows(IllegalArgumentException.class, () -> store.touch(key, none));
            assertThrows(IllegalArgumentException.class, () -> store.getAndTouch(key, none));
            assertThrows(IllegalArgumentException.class, () -> store.replace(key, "kept", "b", none));
        }
        assertEquals(Optional.of("kept"), store.get(key));
    }
}
