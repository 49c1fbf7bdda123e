package dev.twelvefactor.backing.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.KeyedStore;
import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerProcess;
import dev.twelvefactor.testing.TcpGate;
import dev.twelvefactor.testing.redis.RedisServer;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.protocol.CommandType;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
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
    void resolves_host_names_with_the_resolver_of_the_jdk(RedisServer redis) {
        StatefulRedisConnection<String, String> connection =
                attach(redis.url().replace("127.0.0.1", "localhost")).get();
        assertThat(connection.getResources().addressResolverGroup()).isSameAs(DefaultAddressResolverGroup.INSTANCE);
        assertThat(connection.sync().ping()).isEqualTo("PONG");
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
        KeyedStore store = Redis.keyedStore(connection.sync(), "p:");
        store.put("k", "v", Duration.ofMinutes(5));
        assertThat(store.get("k")).contains("v");
        assertThat(connection.sync().pttl("p:k")).isBetween(200_000L, 300_000L);
        assertThat(store.touch("k", Duration.ofMinutes(50))).isTrue();
        assertThat(connection.sync().pttl("p:k")).isBetween(2_000_000L, 3_000_000L);
        assertThat(store.getAndTouch("k", Duration.ofMinutes(9))).contains("v");
        assertThat(connection.sync().pttl("p:k")).isBetween(400_000L, 540_000L);
        assertThat(store.getAndTouch("other", Duration.ofMinutes(9))).isEmpty();
        assertThat(store.replace("k", "v", "w", Duration.ofMinutes(5))).isTrue();
        assertThat(connection.sync().pttl("p:k")).isBetween(200_000L, 300_000L);
        assertThat(store.replace("k", "v", "x", Duration.ofMinutes(50))).isFalse();
        assertThat(connection.sync().pttl("p:k")).isBetween(200_000L, 300_000L);
        assertThat(store.get("k")).contains("w");
        assertThat(store.delete("k")).isTrue();
        assertThat(store.replace("k", "w", "x", Duration.ofMinutes(5))).isFalse();
        assertThat(store.get("k")).isEmpty();
    }

    @Test
    void rounds_a_time_below_a_millisecond_up_and_refuses_zero(RedisServer redis) {
        KeyedStore store = Redis.keyedStore(attach(redis.url()).get().sync(), "brief:");
        store.put("k", "v", Duration.ofNanos(1));
        store.put("k", "v", Duration.ofMinutes(5));
        assertThat(store.touch("k", Duration.ofNanos(999_999))).isTrue();
        assertThatThrownBy(() -> store.put("k", "v", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the time to live is PT0S; it must be positive");
    }

    @Test
    void says_which_rights_a_replacement_needs() throws Exception {
        try (RedisServer redis = RedisServer.startWith(
                "user script on >pw ~* +@all -eval", "user words on >pw ~* +@all -set", "user full on >pw ~* +@all")) {
            for (String user : List.of("script", "words", "full")) {
                String url = redis.url().replaceFirst("//:[^@]*@", "//" + user + ":pw@");
                try (var probe = AttachmentProbe.attach(url, Redis::commands)) {
                    KeyedStore store = Redis.keyedStore(probe.client(), "p:");
                    assertThat(probe.client().append("p:" + user, "v")).isEqualTo(1);
                    if (user.equals("full")) {
                        assertThat(store.replace(user, "v", "w", Duration.ofMinutes(1)))
                                .isTrue();
                        continue;
                    }
                    assertThatThrownBy(() -> store.replace(user, "v", "w", Duration.ofMinutes(1)))
                            .hasMessage(
                                    "Redis did not let this user run the script that replaces a text; allow +eval +get +set of the keys p:*");
                    assertThat(store.get(user)).contains("v");
                }
            }
        }
    }

    @Test
    void renews_texts_where_the_server_or_its_rights_lack_getex() {
        try (RedisServer old = RedisServer.startWith("rename-command GETEX \"\"")) {
            assertThatTextsAreRenewed(attach(old.url()).get().sync());
        }
        try (RedisServer strict = RedisServer.start()) {
            RedisCommands<String, String> commands = attachments
                    .attach("strict", Redis.client(ServiceUrl.parse(strict.url())))
                    .get()
                    .sync();
            commands.aclSetuser("default", AclSetuserArgs.Builder.removeCommand(CommandType.GETEX));
            assertThatTextsAreRenewed(commands);
        }
    }

    private static void assertThatTextsAreRenewed(RedisCommands<String, String> commands) {
        KeyedStore store = Redis.keyedStore(commands, "old:");
        store.put("k", "v", Duration.ofMinutes(5));
        for (int again = 0; again < 2; again++) {
            assertThat(store.getAndTouch("k", Duration.ofMinutes(9))).contains("v");
            assertThat(commands.pttl("old:k")).isBetween(400_000L, 540_000L);
            assertThat(store.getAndTouch("other", Duration.ofMinutes(9))).isEmpty();
        }
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

    private static int port(String url) {
        return ServiceUrl.parse(url).hosts().get(0).port().orElseThrow();
    }

    private static void assertTlsRefused(String url, String sentence) {
        assertThat(AttachmentProbe.refusal(url, Duration.ofSeconds(5), Redis::client))
                .endsWith("could not be attached: " + sentence);
    }

    @Test
    void speaks_tls_to_who_can_prove_to_be_the_server(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forThisHost(directory);
        int tlsPort = ServerProcess.freePort();
        try (RedisServer redis = withTls(certificates, tlsPort)) {
            String url = redis.url()
                    .replaceFirst("redis:", "rediss:")
                    .replaceFirst("127.0.0.1:\\d+", "localhost:" + tlsPort);
            for (String parameters : List.of("?tls.ca=" + certificates.authority(), "?tls.verify=none")) {
                try (var probe = AttachmentProbe.attach(url + parameters, Redis::client)) {
                    assertThat(probe.client().sync().ping()).isEqualTo("PONG");
                }
            }
            assertTlsRefused(
                    url,
                    "the server's certificate is not signed by an authority that is trusted here; name that authority's file with tls.ca");
            assertTlsRefused(
                    redis.url().replaceFirst("redis:", "rediss:"),
                    "the server did not answer as Redis in time (perhaps it does not speak TLS on this port)");
        }
    }

    @Test
    void says_that_the_certificate_is_for_another_host(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forAnotherHost(directory);
        int tlsPort = ServerProcess.freePort();
        try (RedisServer redis = withTls(certificates, tlsPort)) {
            String url = redis.url().replaceFirst("redis:", "rediss:").replaceFirst(":\\d+/", ":" + tlsPort + "/")
                    + "?tls.ca=" + certificates.authority();
            assertTlsRefused(url, "the server's certificate is for another host");
            try (var probe = AttachmentProbe.attach(url + "&tls.verify=ca", Redis::client)) {
                assertThat(probe.client().sync().ping()).isEqualTo("PONG");
            }
        }
    }

    private static RedisServer withTls(ServerCertificates certificates, int port) {
        return RedisServer.startWith(
                "tls-port " + port,
                "tls-cert-file " + certificates.certificate(),
                "tls-key-file " + certificates.key(),
                "tls-ca-cert-file " + certificates.authority(),
                "tls-auth-clients no");
    }

    @Test
    void logs_in_as_a_user_of_the_access_control_list() throws Exception {
        try (RedisServer redis = RedisServer.startWith("user shop on >p%2Fw ~shop:* +@all", "user idle on >pw -@all")) {
            String url = redis.url().replaceFirst("//:[^@]*@", "//shop:p%252Fw@");
            try (var probe = AttachmentProbe.attach(url, Redis::commands)) {
                assertThat(probe.client().set("shop:a", "b")).isEqualTo("OK");
                assertThatThrownBy(() -> probe.client().set("other", "b")).hasMessageContaining("NOPERM");
            }
            assertThat(AttachmentProbe.refusal(
                            redis.url().replaceFirst("//:[^@]*@", "//shop:hunter2@"),
                            Duration.ofSeconds(2),
                            Redis::commands))
                    .endsWith("could not be attached: the user \"shop\" or its password was refused");
        }
    }

    @Test
    void finds_the_master_that_a_sentinel_names() throws Exception {
        try (RedisServer redis = RedisServer.startWith();
                RedisServer sentinel = redis.startSentinel("main")) {
            try (var probe = AttachmentProbe.attach(sentinel.url(), Redis::commands)) {
                assertThat(probe.client().set("by", "sentinel")).isEqualTo("OK");
            }
            String unknown = sentinel.url().replace("=main", "=other");
            assertThat(AttachmentProbe.refusal(unknown, Duration.ofSeconds(2), Redis::commands))
                    .endsWith("could not be attached: no sentinel knows the master \"other\"");
        }
    }

    @Test
    void finds_its_way_in_a_cluster() throws Exception {
        try (RedisServer one = RedisServer.startWith("cluster-enabled yes");
                RedisServer other = RedisServer.startWith(
                        "cluster-enabled yes",
                        "requirepass "
                                + ServiceUrl.parse(one.url())
                                        .password()
                                        .orElseThrow()
                                        .reveal())) {
            String password =
                    ServiceUrl.parse(one.url()).password().orElseThrow().reveal();
            String otherUrl = "redis://:" + password + "@127.0.0.1:" + port(other.url());
            join(one.url(), otherUrl);
            String url = "redis://:" + password + "@127.0.0.1:" + port(one.url()) + ",127.0.0.1:" + port(other.url())
                    + "/0?cluster=true";
            try (var probe = AttachmentProbe.attach(url, Redis::commands)) {
                KeyedStore store = Redis.keyedStore(probe.client(), "k:");
                for (int i = 0; i < 100; i++) {
                    store.put("key" + i, "value" + i, Duration.ofMinutes(5));
                    assertThat(store.get("key" + i)).contains("value" + i);
                    assertThat(store.getAndTouch("key" + i, Duration.ofMinutes(9)))
                            .contains("value" + i);
                    assertThat(store.replace("key" + i, "other", "x", Duration.ofMinutes(9)))
                            .isFalse();
                    assertThat(store.replace("key" + i, "value" + i, "new" + i, Duration.ofMinutes(9)))
                            .isTrue();
                    assertThat(store.get("key" + i)).contains("new" + i);
                }
                assertThat(probe.awaitUp().up()).isTrue();
            }
            try (var probe = AttachmentProbe.attach(url, Redis::cluster)) {
                assertThat(probe.client().sync().dbsize()).isEqualTo(100);
                other.kill();
                assertThat(probe.awaitDown().up()).isFalse();
                other.startAgain();
                assertThat(probe.awaitUp().up()).isTrue();
            }
            assertThat(AttachmentProbe.refusal(
                            url.replace(password, "hunter2"), Duration.ofSeconds(2), Redis::commands))
                    .endsWith("could not be attached: the user \"default\" or its password was refused")
                    .doesNotContain("hunter2");
        }
    }

    /** Each serves a half of the keys. */
    private void join(String url, String otherUrl) throws InterruptedException {
        StatefulRedisConnection<String, String> one = attach(url).get();
        StatefulRedisConnection<String, String> other = attachments
                .attach("other", Redis.client(ServiceUrl.parse(otherUrl)))
                .get();
        one.sync().clusterAddSlots(IntStream.range(0, 8192).toArray());
        other.sync().clusterAddSlots(IntStream.range(8192, 16384).toArray());
        one.sync().clusterMeet("127.0.0.1", port(otherUrl));
        while (!(one.sync().clusterInfo() + other.sync().clusterInfo())
                .matches("(?s).*cluster_state:ok.*cluster_state:ok.*")) {
            Thread.sleep(20);
        }
    }

    @Test
    void says_that_a_server_is_no_cluster(RedisServer redis) {
        assertThat(AttachmentProbe.refusal(redis.url() + "?cluster=true", Duration.ofSeconds(2), Redis::commands))
                .endsWith("could not be attached: the server is no cluster; leave cluster=true out");
    }

    @Test
    void connects_to_a_socket(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("redis.sock");
        try (RedisServer redis = RedisServer.startWith("unixsocket " + socket)) {
            String password =
                    ServiceUrl.parse(redis.url()).password().orElseThrow().reveal();
            try (var probe =
                    AttachmentProbe.attach("redis-socket://:" + password + "@" + socket + "?db=3", Redis::client)) {
                assertThat(probe.client().sync().set("a", "b")).isEqualTo("OK");
                assertThat(probe.client().sync().clientList()).contains("db=3");
            }
        }
    }

    @Test
    void is_down_while_the_server_is_gone_and_up_when_it_is_back() throws Exception {
        try (RedisServer redis = RedisServer.start();
                var probe = AttachmentProbe.attach(redis.url(), Redis::commands)) {
            assertThat(probe.client().set("kept", "here")).isEqualTo("OK");
            redis.kill();
            ServiceHealth down = probe.awaitDown();
            assertThat(down.reason()).contains("the connection is lost, and is being tried again");
            assertThatThrownBy(() -> probe.client().get("kept"))
                    .satisfies(
                            failure -> assertThat(probe.isUnavailable(failure)).isTrue());
            redis.startAgain();
            assertThat(probe.awaitUp().up()).isTrue();
            assertThat(probe.client().get("kept")).isEqualTo("here");
        }
    }

    @Test
    void is_down_while_the_way_is_lost_and_waits_for_nothing(RedisServer redis) throws Exception {
        try (TcpGate gate = TcpGate.to(redis.url());
                var probe = AttachmentProbe.attach(gate.through(redis.url()) + "?timeout=1s", Redis::commands)) {
            gate.swallow();
            long start = System.nanoTime();
            assertThatThrownBy(() -> probe.client().get("a"))
                    .satisfies(
                            failure -> assertThat(probe.isUnavailable(failure)).isTrue());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            assertThat(probe.awaitDown().reason()).contains("the server did not answer as Redis in time");
            gate.open();
            assertThat(probe.awaitUp().up()).isTrue();
        }
    }

    @Test
    void connects_again_when_the_other_end_has_forgotten_the_connection(RedisServer redis) throws Exception {
        try (TcpGate gate = TcpGate.to(redis.url());
                var probe = AttachmentProbe.attach(gate.through(redis.url()) + "?timeout=500ms", Redis::commands)) {
            assertThat(probe.awaitUp().up()).isTrue();
            gate.forget();
            assertThat(probe.awaitDown().up()).isFalse();
            assertThat(probe.awaitUp().up()).isTrue();
            assertThat(probe.client().ping()).isEqualTo("PONG");
        }
    }

    @Test
    void takes_a_rotated_password_for_its_next_connection(@TempDir Path directory) throws Exception {
        record Settings(ServiceUrl redisUrl) {}
        try (RedisServer redis = RedisServer.start();
                TcpGate gate = TcpGate.to(redis.url())) {
            String through = gate.through(redis.url());
            Path file = Files.writeString(directory.resolve("url"), through);
            Settings settings =
                    EnvConfig.bind(Settings.class, Environment.of(Map.of("REDIS_URL_FILE", file.toString())));
            try (var probe = AttachmentProbe.attach(settings.redisUrl(), Redis::commands)) {
                assertThat(probe.client().configSet("requirepass", "rotated")).isEqualTo("OK");
                Files.writeString(file, through.replaceFirst(":[^:@]*@", ":rotated@"));
                gate.refuse();
                assertThat(probe.awaitDown().up()).isFalse();
                gate.open();
                assertThat(probe.awaitUp().up()).isTrue();
            }
        }
    }

    @Test
    void takes_what_heroku_hands_out_with_a_parameter_of_its_own(@TempDir Path directory) throws Exception {
        record Settings(ServiceUrl redisTlsUrl) {}
        ServerCertificates certificates = ServerCertificates.forAnotherHost(directory);
        int tlsPort = ServerProcess.freePort();
        try (RedisServer redis = withTls(certificates, tlsPort)) {
            String handedOut = redis.url().replaceFirst("redis:", "rediss:").replaceFirst(":\\d+/0$", ":" + tlsPort);
            Settings settings = EnvConfig.bind(
                    Settings.class,
                    Environment.of(Map.of("REDIS_TLS_URL", handedOut, "REDIS_TLS_URL_PARAMETERS", "tls.verify=none")));
            try (var probe = AttachmentProbe.attach(settings.redisTlsUrl(), Redis::commands)) {
                assertThat(probe.client().ping()).isEqualTo("PONG");
            }
        }
    }

    @Test
    void is_closed_in_time_though_the_way_is_lost(RedisServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url())) {
            AttachmentProbe<RedisClusterCommands<String, String>> redis =
                    AttachmentProbe.attach(gate.through(server.url()), Redis::commands);
            assertThat(redis.awaitUp().up()).isTrue();
            gate.swallow();
            long start = System.nanoTime();
            redis.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
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
                "redis://u:p@h/0?cluster=maybe | has a parameter, cluster, that is none of its values; write true, false",
                "redis://h/3?cluster=true | names the database 3, and a cluster has only 0",
                "redis://h/3?db=4 | names a database twice",
                "redis://h?cluster=true | is that of a cluster (cluster=true), and the app works with one server",
                "redis-sentinel://h:1/0 | names no master; write redis-sentinel://",
                "redis-socket://h/x | names no socket; write redis-socket:///path/of/socket",
                "redis://h?timeot=1s | has an unknown parameter, timeot; did you mean timeout?",
            })
    void refuses_a_url_that_it_cannot_use(String url, String why) {
        assertThatThrownBy(attach(url)::get).isInstanceOf(ConfigException.class).hasMessageContaining(why);
    }
}
