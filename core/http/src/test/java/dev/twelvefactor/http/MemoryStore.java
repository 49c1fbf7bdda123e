package dev.twelvefactor.http;

import dev.twelvefactor.backing.KeyedStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/** A store for tests, which forgets nothing by itself and fails when it is told to; an app's lives in a backing service. */
final class MemoryStore implements KeyedStore {
    final Map<String, String> values = new ConcurrentSkipListMap<>();
    final Map<String, Duration> times = new ConcurrentHashMap<>();
    int writes;
    /** Calls that succeed before one fails; none does while it is negative. */
    int healthyCalls = -1;
    /** Whether the call that fails takes place nevertheless, as when its answer is lost. */
    boolean failsAfterwards;

    static final class AwayException extends RuntimeException {
        AwayException() {
            super("the store is away");
        }
    }

    /** Whether the next replacement that succeeds is sent again, as by a client library that lost its connection before the response came. */
    boolean sendsAgain;

    /** What others do before a replacement. */
    Runnable beforeReplace = () -> {};

    private <T> T call(Supplier<T> call) {
        if (healthyCalls == 0) {
            if (failsAfterwards) {
                T unused = call.get();
            }
            throw new AwayException();
        }
        healthyCalls--;
        return call.get();
    }

    @Override
    public Optional<String> get(String key) {
        return call(() -> Optional.ofNullable(values.get(key)));
    }

    @Override
    public synchronized void put(String key, String value, Duration timeToLive) {
        Object unused = call(() -> {
            writes++;
            times.put(key, timeToLive);
            return values.put(key, value);
        });
    }

    @Override
    public synchronized boolean replace(String key, String expected, String value, Duration timeToLive) {
        beforeReplace.run();
        return call(() -> {
            boolean replaced = values.replace(key, expected, value);
            if (replaced) {
                writes++;
                times.put(key, timeToLive);
            }
            if (replaced && sendsAgain) {
                sendsAgain = false;
                return values.replace(key, expected, value);
            }
            return replaced;
        });
    }

    @Override
    public synchronized boolean touch(String key, Duration timeToLive) {
        return call(() -> {
            boolean there = values.containsKey(key);
            if (there) {
                times.put(key, timeToLive);
            }
            return there;
        });
    }

    @Override
    public synchronized boolean delete(String key) {
        return call(() -> values.remove(key) != null);
    }
}
