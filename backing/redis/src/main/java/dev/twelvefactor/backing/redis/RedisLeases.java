package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.LeaseException;
import dev.twelvefactor.backing.LeaseHolder;
import dev.twelvefactor.backing.LeaseKeeper;
import dev.twelvefactor.backing.Leases;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Leases as keys that expire. A value is what nobody else writes, the holder's moment in milliseconds, and its name, with spaces between them. */
record RedisLeases(RedisSession session, RedisAddress address, LeaseKeeper keeper, Optional<String> name)
        implements Leases {
    private static final String PREFIX = "lease:";
    private static final int WORDS = 3;
    /** Of the time to live. */
    private static final int INTERVALS = 3;

    /** A drain waits for it, and the key's time ends as well. */
    private static final Duration LONGEST_GIVE_BACK = Duration.ofSeconds(2);

    /** A connection that comes back sends again what was not answered: it may be here for the second time. */
    private static final String TAKE = """
            if redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
            if redis.call('get', KEYS[1]) == ARGV[1] then return 1 end
            return 0""";

    private static final String RENEW = """
            if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end
            return 0""";

    private static final String GIVE_BACK = """
            if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
            return 0""";

    static RedisLeases of(RedisSession session, RedisAddress address) {
        Duration interval = address.leaseTime().dividedBy(INTERVALS);
        return new RedisLeases(session, address, new LeaseKeeper(address.leaseTime(), interval), Optional.empty());
    }

    @Override
    public Leases heldBy(String who) {
        return new RedisLeases(session, address, keeper, Optional.of(who));
    }

    @Override
    public Optional<LeaseHolder> holder(String lease) {
        Objects.requireNonNull(lease);
        String value = asked(lease, session.asyncCommands().get(PREFIX + lease));
        return Optional.ofNullable(value).map(RedisLeases::holderIn);
    }

    private static LeaseHolder holderIn(String value) {
        String[] words = value.split(" ", WORDS);
        return words.length == WORDS && words[1].matches("\\d{1,15}")
                ? new LeaseHolder(words[2], Optional.of(Instant.ofEpochMilli(Long.parseLong(words[1]))))
                : new LeaseHolder("what is no lease of this library", Optional.empty());
    }

    @Override
    public Optional<Lease> tryAcquire(String lease) {
        Objects.requireNonNull(lease);
        String value =
                UUID.randomUUID() + " " + System.currentTimeMillis() + " " + name.orElseGet(LeaseKeeper::thisProcess);
        Key key = new Key(lease, value);
        long asked = System.nanoTime();
        try {
            return asked(lease, key.run(TAKE)) == 1 ? Optional.of(keeper.keep(lease, asked, key)) : Optional.empty();
        } catch (LeaseException e) {
            // It may have been taken, and nobody is there to give it back.
            RedisFuture<Long> unused = key.run(GIVE_BACK);
            throw e;
        }
    }

    private <T> T asked(String lease, RedisFuture<T> answer) {
        try {
            return within(timeout(), answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LeaseException(lease, "the thread was interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new LeaseException(lease, sentence(e), e);
        }
    }

    private String sentence(Exception failure) {
        String said = String.valueOf(failure.getMessage());
        return said.contains("NOPERM") || said.contains("user executing the script")
                ? "the user may not do what leases need (its ACL lacks +eval, +get, +set, +pexpire or +del of lease:*)"
                : RedisFailures.explain(failure, address).sentence();
    }

    private <T> T within(Duration time, RedisFuture<T> answer)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return answer.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            // What nobody waits for is not sent again, either.
            answer.cancel(true);
        }
    }

    /** Of a command: the first one to a node of a cluster opens the connection to it, and has all this time. */
    private Duration timeout() {
        return address.timeout();
    }

    private static Duration shortest(Duration... times) {
        return Collections.min(List.of(times));
    }

    void close() {
        keeper.close();
    }

    private final class Key implements LeaseKeeper.Hold {
        private final String lease;
        private final String value;

        Key(String lease, String value) {
            this.lease = lease;
            this.value = value;
        }

        RedisFuture<Long> run(String script) {
            String time = Long.toString(address.leaseTime().toMillis());
            return session.asyncCommands()
                    .eval(script, ScriptOutputType.INTEGER, new String[] {PREFIX + lease}, value, time);
        }

        @Override
        public Optional<String> renew(Duration longest) throws Exception {
            // Not all that is left: of two that are asked for, an answer may come to the second.
            Duration third = address.leaseTime().dividedBy(INTERVALS);
            try {
                return within(shortest(longest, third, timeout()), run(RENEW)) == 1
                        ? Optional.empty()
                        : Optional.of("its key has expired, or was removed");
            } catch (TimeoutException | ExecutionException e) {
                if (e instanceof TimeoutException || e.getCause() instanceof RedisCommandTimeoutException) {
                    // Of a connection whose other end is gone without a word no other answer comes.
                    session.reconnect();
                }
                throw e;
            }
        }

        @Override
        public void release() throws Exception {
            within(shortest(timeout(), LONGEST_GIVE_BACK), run(GIVE_BACK));
        }
    }
}
