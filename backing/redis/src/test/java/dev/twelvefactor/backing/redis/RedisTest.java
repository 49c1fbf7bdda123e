package dev.twelvefactor.backing.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.KeyedStore;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.testing.redis.RedisServer;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@ExtendWith(RedisServer.Shared.class)
class RedisTest {
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final Attachments attachments = new Attachments(lifecycle, Duration.ofSeconds(5));

    @AfterEach
    void close() {
        assertThat(lifecycle.drain().complete()).isTrue();
    }

    private Attached<StatefulRedisConnection<String, String>> attach(String url) {
        return attachments.attach("redis", Redis.client(ServiceUrl.parse(url)));
    }

    private void assertRefused(String url, String sentence) {
        assertThatThrownBy(attach(url)::get)
                .hasMessageStartingWith("redis (redis://")
                .hasMessageEndingWith("could not be attached: " + sentence)
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void gives_a_connection_that_works(RedisServer redis) {
        StatefulRedisConnection<String, String> connection = attach(redis.url()).get();
        assertThat(connection.sync().set("key", "value")).isEqualTo("OK");
        assertThat(connection.sync().get("key")).isEqualTo("value");
    }

    @Test
    void selects_the_database_of_the_path(RedisServer redis) {
        StatefulRedisConnection<String, String> three =
                attach(redis.url().replaceFirst("/0$", "/3")).get();
        StatefulRedisConnection<String, String> none = attachments
                .attach("other", Redis.client(ServiceUrl.parse(redis.url().replaceFirst("/0$", ""))))
                .get();
        assertThat(three.sync().set("only in three", "x")).isEqualTo("OK");
        assertThat(none.sync().get("only in three")).isNull();
    }

    @Test
    void keeps_texts_for_a_time(RedisServer redis) {
        StatefulRedisConnection<String, String> connection = attach(redis.url()).get();
        KeyedStore store = Redis.keyedStore(connection, "p:");
        store.put("k", "v", Duration.ofMinutes(5));
        assertThat(store.get("k")).contains("v");
        assertThat(connection.sync().pttl("p:k")).isBetween(200_000L, 300_000L);
        assertThat(store.touch("k", Duration.ofMinutes(50))).isTrue();
        assertThat(connection.sync().pttl("p:k")).isBetween(2_000_000L, 3_000_000L);
        assertThat(store.replace("k", "w", Duration.ofMinutes(5))).isTrue();
        assertThat(store.get("k")).contains("w");
        assertThat(store.delete("k")).isTrue();
        assertThat(store.delete("k")).isFalse();
        assertThat(store.get("k")).isEmpty();
        assertThat(store.replace("k", "x", Duration.ofMinutes(5))).isFalse();
        assertThat(store.get("k")).isEmpty();
        assertThat(store.touch("k", Duration.ofMinutes(5))).isFalse();
    }

    @Test
    void says_that_the_password_is_wrong_or_missing(RedisServer redis) {
        assertRefused(
                redis.url().replaceFirst(":[^:@]*@", ":hunter2@"), "the user \"default\" or its password was refused");
    }

    @Test
    void says_that_the_server_wants_a_password(RedisServer redis) {
        assertRefused(
                redis.url().replaceFirst("//:[^@]*@", "//"),
                "the server wants a password; write redis://:password@host");
    }

    @Test
    void says_that_nobody_answers() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertRefused("redis://:hunter2@127.0.0.1:" + port, "no server answers there (connection refused)");
    }

    @Test
    void gives_up_in_time_on_a_server_that_accepts_and_says_nothing() throws Exception {
        try (ServerSocket hole = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    "redis://:hunter2@127.0.0.1:" + hole.getLocalPort(), "the server did not answer as Redis in time");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h | has the scheme http; write redis://user:password@host:6379/0, or rediss: for TLS",
                "redis:///0 | names no host; write redis://",
                "redis://a,b | names several hosts; write redis://",
                "redis://hunter2@h | has something before the @ without a colon; write redis://:password@host",
                "redis://h/x | has a database number that is not a number",
                "redis://h?timeot_ms=1 | has an unknown parameter, timeot_ms; did you mean timeout_ms?",
            })
    void refuses_a_url_that_it_cannot_use(String url, String why) {
        assertThatThrownBy(attach(url)::get).isInstanceOf(ConfigException.class).hasMessageContaining(why);
    }
}
