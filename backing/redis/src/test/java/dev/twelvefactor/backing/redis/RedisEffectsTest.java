package dev.twelvefactor.backing.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.TcpGate;
import dev.twelvefactor.testing.redis.RedisServer;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a command does, and what a check does not do to it. */
@Timeout(60)
@ExtendWith(RedisServer.Shared.class)
class RedisEffectsTest {
    private static final Pattern PINGS = Pattern.compile("cmdstat_ping:calls=(\\d+)");

    private final String key = "key " + ServerDirectory.randomHex(6);

    private static AttachmentProbe<StatefulRedisConnection<String, String>> attach(String url) {
        return AttachmentProbe.attach(url, Redis::client);
    }

    private static int pings(AttachmentProbe<StatefulRedisConnection<String, String>> observer) {
        Matcher pings = PINGS.matcher(observer.client().sync().info("commandstats"));
        return pings.find() ? Integer.parseInt(pings.group(1)) : 0;
    }

    @Test
    void a_check_is_no_part_of_the_apps_transaction() throws Exception {
        try (RedisServer own = RedisServer.start();
                var observer = attach(own.url());
                var redis = attach(own.url())) {
            var commands = redis.client().sync();
            assertThat(commands.multi()).isEqualTo("OK");
            // Of either one.
            int several = pings(observer) + 6;
            while (pings(observer) < several) {
                Thread.sleep(10);
            }
            assertThat(commands.set(key, "value")).isNull();
            assertThat(commands.incr(key + "n")).isNull();
            var results = commands.exec();
            assertThat(results.wasDiscarded()).isFalse();
            assertThat(results.stream().toList()).containsExactly("OK", 1L);
            assertThat(redis.health().up()).isTrue();
        }
    }

    @Test
    @SuppressWarnings("unchecked") // The array of one stream.
    void a_blocking_command_waits_as_long_as_it_says_and_the_service_stays_up(RedisServer server) throws Exception {
        try (var redis = attach(server.url() + "?timeout=1s")) {
            RedisFuture<?> blocking = redis.client().async().blpop(3, key);
            while (!blocking.isDone()) {
                assertThat(redis.health().up()).isTrue();
                Thread.sleep(10);
            }
            assertThat((Object) blocking.get()).isNull();
            assertThat(redis.client().sync().xread(XReadArgs.Builder.block(1500), XReadArgs.StreamOffset.latest(key)))
                    .isEmpty();
        }
    }

    @Test
    void a_command_that_blocks_without_a_limit_ends_when_there_is_something(RedisServer server) throws Exception {
        try (var redis = attach(server.url() + "?timeout=1s");
                var other = attach(server.url())) {
            RedisFuture<?> blocking = redis.client().async().blpop(0, key);
            assertThatThrownBy(() -> blocking.get(2500, TimeUnit.MILLISECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
            assertThat(redis.health().up()).isTrue();
            assertThat(other.client().sync().rpush(key, "element")).isEqualTo(1);
            assertThat(blocking.get(20, TimeUnit.SECONDS)).hasToString("KeyValue[" + key + ", element]");
        }
    }

    @Test
    void knows_which_commands_block_and_for_how_long() {
        assertThat(blocking(CommandType.BLPOP, args -> args.addKey("a 1").add(1.5)))
                .contains(1500L);
        assertThat(blocking(CommandType.BRPOP, args -> args.addKey("a").add(7))).contains(7000L);
        assertThat(blocking(CommandType.BLMOVE, args -> args.addKey("a")
                        .addKey("b")
                        .add("LEFT")
                        .add("RIGHT")
                        .add(0.25)))
                .contains(250L);
        assertThat(blocking(
                        CommandType.BZMPOP,
                        args -> args.add(2).add(1).addKey("a").add("MIN")))
                .contains(2000L);
        assertThat(blocking(CommandType.WAIT, args -> args.add(1).add(500))).contains(500L);
        assertThat(blocking(CommandType.XREADGROUP, args -> args.add("GROUP")
                        .addKey("g")
                        .addKey("c")
                        .add("COUNT")
                        .add(3)
                        .add("BLOCK")
                        .add(800)
                        .add("STREAMS")
                        .addKey("s")
                        .add(">")))
                .contains(800L);
        assertThat(blocking(CommandType.BLPOP, args -> args.addKey("a").add(0))).contains(0L);
        assertThat(blocking(
                        CommandType.XREAD,
                        args -> args.add("STREAMS").addKey("s").add("0")))
                .isEmpty();
        assertThat(blocking(CommandType.GET, args -> args.addKey("a"))).isEmpty();
        assertThat(blocking(CommandType.BLPOP, args -> args.addKey("a"))).isEmpty();
    }

    private static Optional<Long> blocking(CommandType type, UnaryOperator<CommandArgs<String, String>> arguments) {
        return CommandTimeouts.blockingMillis(new Command<>(
                type, new StatusOutput<>(StringCodec.UTF8), arguments.apply(new CommandArgs<>(StringCodec.UTF8))));
    }

    @Test
    void a_connection_that_alone_gets_no_answers_is_made_again(RedisServer server) throws Exception {
        try (var redis = attach(server.url() + "?timeout=1s")) {
            var commands = redis.client().sync();
            var unused = redis.client()
                    .async()
                    .dispatch(
                            CommandType.CLIENT,
                            new StatusOutput<>(StringCodec.UTF8),
                            new CommandArgs<>(StringCodec.UTF8).add("REPLY").add("OFF"));
            assertThatThrownBy(() -> commands.get(key)).isInstanceOf(RedisCommandTimeoutException.class);
            assertThat(awaitAnswer(redis, key)).isNull();
            assertThat(redis.awaitUp().up()).isTrue();
        }
    }

    private static @Nullable String awaitAnswer(
            AttachmentProbe<StatefulRedisConnection<String, String>> redis, String key) {
        while (true) {
            try {
                return redis.client().sync().get(key);
            } catch (RedisException e) {
                assertThat(redis.isUnavailable(e)).isTrue();
            }
        }
    }

    @Test
    void a_command_that_fails_while_there_is_no_connection_has_no_effect(RedisServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                var observer = attach(server.url());
                var redis = attach(gate.through(server.url()))) {
            gate.refuse();
            assertThat(redis.awaitDown().up()).isFalse();
            assertThatThrownBy(() -> redis.client().sync().incr(key))
                    .satisfies(
                            failure -> assertThat(redis.isUnavailable(failure)).isTrue());
            gate.open();
            assertThat(awaitAnswer(redis, key)).isNull();
            assertThat(observer.client().sync().get(key)).isNull();
        }
    }

    @Test
    void a_command_that_timed_out_may_have_had_its_effect_and_is_not_sent_again(RedisServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                var observer = attach(server.url());
                var redis = attach(gate.through(server.url()) + "?timeout=1s")) {
            gate.swallowAnswers();
            assertThatThrownBy(() -> redis.client().sync().incr(key))
                    .isInstanceOf(RedisCommandTimeoutException.class)
                    .satisfies(
                            failure -> assertThat(redis.isUnavailable(failure)).isTrue());
            assertThat(observer.client().sync().get(key)).isEqualTo("1");
            assertThat(redis.awaitDown().up()).isFalse();
            gate.open();
            assertThat(awaitAnswer(redis, key)).isEqualTo("1");
        }
    }

    @Test
    void a_command_whose_connection_is_lost_is_an_outage_and_is_not_sent_again(RedisServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                var observer = attach(server.url());
                var redis = attach(gate.through(server.url()) + "?timeout=20s")) {
            gate.swallowAnswers();
            RedisFuture<Long> lost = redis.client().async().incr(key);
            while (observer.client().sync().get(key) == null) {
                Thread.sleep(1);
            }
            gate.open();
            assertThatThrownBy(lost::get).isInstanceOf(ExecutionException.class).satisfies(failure -> assertThat(
                            redis.isUnavailable(failure))
                    .isTrue());
            assertThat(awaitAnswer(redis, key)).isEqualTo("1");
        }
    }

    @Test
    void the_commands_of_one_attachment_wait_for_no_blocking_command_of_another(RedisServer server) throws Exception {
        try (AttachmentProbe<RedisClusterCommands<String, String>> redis =
                        AttachmentProbe.attach(server.url(), Redis::commands);
                var queue = attach(server.url())) {
            RedisFuture<?> blocking = queue.client().async().blpop(30, key);
            assertThat(redis.client().incr(key + "n")).isEqualTo(1);
            assertThat(redis.client().rpush(key, "element")).isEqualTo(1);
            assertThat(blocking.get(20, TimeUnit.SECONDS)).hasToString("KeyValue[" + key + ", element]");
        }
    }
}
