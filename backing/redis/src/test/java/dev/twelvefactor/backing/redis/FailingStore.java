package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.KeyedStore;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/** A store that fails once for a thread when it is told to: before the call takes place, or after it, as when its response is lost. */
final class FailingStore implements KeyedStore {
    static final class AwayException extends RuntimeException {
        AwayException() {
            super("the store is away");
        }
    }

    private record Plan(int healthyCalls, boolean afterwards) {}

    /** Weak, since each request may have a thread of its own. */
    private final Map<Thread, Plan> plans = Collections.synchronizedMap(new WeakHashMap<>());

    private final KeyedStore store;

    FailingStore(KeyedStore store) {
        this.store = store;
    }

    /** For the calls of this thread from now on; none fails if {@code healthyCalls} is negative. */
    void failThisThread(int healthyCalls, boolean afterwards) {
        plans.put(Thread.currentThread(), new Plan(healthyCalls, afterwards));
    }

    private <T> T call(Supplier<T> call) {
        Plan plan = plans.get(Thread.currentThread());
        if (plan == null || plan.healthyCalls() < 0) {
            return call.get();
        }
        plans.put(Thread.currentThread(), new Plan(plan.healthyCalls() - 1, plan.afterwards()));
        if (plan.healthyCalls() > 0) {
            return call.get();
        }
        if (plan.afterwards()) {
            T unused = call.get();
        }
        throw new AwayException();
    }

    @Override
    public Optional<String> get(String key) {
        return call(() -> store.get(key));
    }

    @Override
    public Optional<String> getAndTouch(String key, Duration timeToLive) {
        return call(() -> store.getAndTouch(key, timeToLive));
    }

    @Override
    public void put(String key, String value, Duration timeToLive) {
        Boolean unused = call(() -> {
            store.put(key, value, timeToLive);
            return true;
        });
    }

    @Override
    public boolean replace(String key, String expected, String value, Duration timeToLive) {
        return call(() -> store.replace(key, expected, value, timeToLive));
    }

    @Override
    public boolean touch(String key, Duration timeToLive) {
        return call(() -> store.touch(key, timeToLive));
    }

    @Override
    public boolean delete(String key) {
        return call(() -> store.delete(key));
    }
}
