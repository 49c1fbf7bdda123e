package dev.twelvefactor.backing.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.BlackHole;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerProcess;
import dev.twelvefactor.testing.TcpGate;
import dev.twelvefactor.testing.rabbitmq.RabbitMqServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
@ExtendWith(RabbitMqServer.Shared.class)
class AmqpTest {
    private static final Duration SHORT = Duration.ofSeconds(5);

    private static String refusal(String url) {
        return AttachmentProbe.refusal(url, SHORT, Amqp::connection);
    }

    private static void assertRefused(String url, String sentence) {
        assertThat(refusal(url))
                .startsWith("service (amqp")
                .endsWith("could not be attached: " + sentence)
                .doesNotContain("hunter2");
    }

    private static int port(String url) {
        return ServiceUrl.parse(url).hosts().get(0).port().orElseThrow();
    }

    private static void publish(Channel channel, String queue, String text) throws IOException {
        channel.basicPublish("", queue, null, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void carries_a_message(RabbitMqServer rabbit) throws Exception {
        try (AttachmentProbe<Connection> amqp = AttachmentProbe.attach(rabbit.url(), Amqp::connection);
                Channel channel = amqp.client().createChannel()) {
            String queue = channel.queueDeclare().getQueue();
            channel.confirmSelect();
            publish(channel, queue, "hello");
            assertThat(channel.waitForConfirms(5000)).isTrue();
            GetResponse got = channel.basicGet(queue, true);
            assertThat(new String(got.getBody(), StandardCharsets.UTF_8)).isEqualTo("hello");
            assertThat(amqp.gauges()).containsEntry("blocked", 0.0);
            assertThat(amqp.awaitUp().reason()).isEmpty();
        }
    }

    @Test
    void says_that_the_password_is_wrong(RabbitMqServer rabbit) {
        assertRefused(
                rabbit.url().replaceFirst("app:[^@]*@", "app:hunter2@"),
                "the user \"app\" or its password was refused");
    }

    @Test
    void says_that_the_virtual_host_is_not_there(RabbitMqServer rabbit) {
        assertRefused(rabbit.url().replaceFirst("/shop$", "/nope"), "the server has no virtual host \"nope\"");
        assertRefused(rabbit.url().replaceFirst("/shop$", "/"), "the server has no virtual host \"\"");
        assertRefused(rabbit.url().replaceFirst("/shop$", ""), "the server has no virtual host \"/\"");
    }

    @Test
    void says_that_nobody_answers() throws Exception {
        assertRefused(
                "amqp://app:hunter2@127.0.0.1:" + ServerProcess.freePort() + "/shop",
                "no server answers there (connection refused)");
        assertRefused("amqp://app:hunter2@nowhere.invalid/shop", "the host's name is not known");
        try (BlackHole hole = BlackHole.open()) {
            assertRefused("amqp://app:hunter2@127.0.0.1:" + hole.port() + "/shop", "no server answers there in time");
        }
    }

    @Test
    void tries_the_next_host(RabbitMqServer rabbit) throws Exception {
        String two = rabbit.url().replaceFirst("@", "@127.0.0.1:" + ServerProcess.freePort() + ",");
        try (AttachmentProbe<Connection> amqp = AttachmentProbe.attach(two, Amqp::connection)) {
            assertThat(amqp.client().isOpen()).isTrue();
        }
    }

    @Test
    void speaks_tls_to_who_can_prove_to_be_the_server(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forThisHost(directory);
        try (RabbitMqServer rabbit = RabbitMqServer.startWith(certificates)) {
            int tlsPort = rabbit.tlsPort().orElseThrow();
            String url =
                    rabbit.url().replaceFirst("amqp:", "amqps:").replaceFirst("127.0.0.1:\\d+", "localhost:" + tlsPort);
            try (AttachmentProbe<Connection> amqp =
                    AttachmentProbe.attach(url + "?tls.ca=" + certificates.authority(), Amqp::connection)) {
                assertThat(amqp.client().isOpen()).isTrue();
            }
            try (AttachmentProbe<Connection> amqp =
                    AttachmentProbe.attach(url + "?tls.verify=none", Amqp::connection)) {
                assertThat(amqp.client().isOpen()).isTrue();
            }
            assertRefused(
                    url,
                    "the server's certificate is not signed by an authority that is trusted here; name that authority's file with tls.ca");
            assertRefused(
                    url.replaceFirst("localhost:\\d+", "localhost:" + port(rabbit.url())),
                    "the server does not speak TLS on this port");
            assertRefused(
                    rabbit.url().replaceFirst(":\\d+/", ":" + tlsPort + "/"),
                    "the server did not answer as AMQP (if it wants TLS, write amqps: in the place of amqp:)");
        }
    }

    @Test
    void says_that_the_certificate_is_for_another_host(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forAnotherHost(directory);
        try (RabbitMqServer rabbit = RabbitMqServer.startWith(certificates)) {
            String url = rabbit.url()
                            .replaceFirst("amqp:", "amqps:")
                            .replaceFirst(
                                    "127.0.0.1:\\d+",
                                    "localhost:" + rabbit.tlsPort().orElseThrow())
                    + "?tls.ca=" + certificates.authority();
            assertRefused(url, "the server's certificate is for another host");
            try (AttachmentProbe<Connection> amqp = AttachmentProbe.attach(url + "&tls.verify=ca", Amqp::connection)) {
                assertThat(amqp.client().isOpen()).isTrue();
            }
        }
    }

    @Test
    void is_down_while_the_server_is_gone_and_up_when_it_is_back() throws Exception {
        try (RabbitMqServer rabbit = RabbitMqServer.start();
                AttachmentProbe<Connection> amqp = AttachmentProbe.attach(rabbit.url(), Amqp::connection)) {
            Channel channel = amqp.client().createChannel();
            String queue =
                    channel.queueDeclare("kept", true, false, false, null).getQueue();
            rabbit.kill();
            ServiceHealth down = amqp.awaitDown();
            assertThat(down.reason()).contains("the connection is lost, and is being tried again");
            assertThatThrownBy(() -> publish(channel, queue, "lost"))
                    .isInstanceOf(AlreadyClosedException.class)
                    .satisfies(
                            failure -> assertThat(amqp.isUnavailable(failure)).isTrue());
            rabbit.startAgain();
            ServiceHealth unused = amqp.awaitUp();
            publish(channel, queue, "here again");
            assertThat(channel.queueDeclarePassive(queue).getQueue()).isEqualTo(queue);
        }
    }

    @Test
    void is_down_while_the_way_is_lost_and_waits_for_nothing(RabbitMqServer rabbit) throws Exception {
        try (TcpGate gate = TcpGate.to(rabbit.url());
                AttachmentProbe<Connection> amqp =
                        AttachmentProbe.attach(gate.through(rabbit.url()) + "?heartbeat=2", Amqp::connection)) {
            Channel channel = amqp.client().createChannel();
            gate.swallow();
            long start = System.nanoTime();
            assertThatThrownBy(channel::queueDeclare).satisfies(failure -> assertThat(
                            amqp.isUnavailable(failure) || amqp.isUnavailable(failure.getCause()))
                    .isTrue());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            ServiceHealth unused = amqp.awaitDown();
            gate.open();
            ServiceHealth again = amqp.awaitUp();
            assertThat(again.reason()).isEmpty();
        }
    }

    @Test
    void is_closed_in_time_though_the_server_reads_nothing(RabbitMqServer rabbit) throws Exception {
        try (TcpGate gate = TcpGate.to(rabbit.url());
                AttachmentProbe<Connection> amqp =
                        AttachmentProbe.attach(gate.through(rabbit.url()), Amqp::connection)) {
            Channel channel = amqp.client().createChannel();
            String queue = channel.queueDeclare().getQueue();
            gate.swallow();
            Thread publisher = new Thread(() -> {
                try {
                    while (true) {
                        channel.basicPublish("", queue, null, new byte[100_000]);
                    }
                } catch (IOException | AlreadyClosedException e) {
                    return;
                }
            });
            publisher.start();
            Thread.sleep(500);
            amqp.close();
            publisher.join(20_000);
            assertThat(publisher.isAlive()).isFalse();
        }
    }

    @Test
    void ends_a_publish_that_the_server_does_not_read_and_connects_again(RabbitMqServer rabbit) throws Exception {
        try (TcpGate gate = TcpGate.to(rabbit.url());
                AttachmentProbe<Connection> amqp =
                        AttachmentProbe.attach(gate.through(rabbit.url()), Amqp::connection)) {
            Channel channel = amqp.client().createChannel();
            String queue = channel.queueDeclare().getQueue();
            gate.stopReading();
            Thread publisher = new Thread(() -> {
                try {
                    while (true) {
                        channel.basicPublish("", queue, null, new byte[1_000_000]);
                    }
                } catch (IOException | AlreadyClosedException e) {
                    return;
                }
            });
            publisher.start();
            publisher.join(30_000);
            assertThat(publisher.isAlive()).isFalse();
            gate.open();
            ServiceHealth again = amqp.awaitUp();
            assertThat(again.up()).isTrue();
        }
    }

    @Test
    void takes_a_rotated_password_for_its_next_connection(@TempDir Path directory) throws Exception {
        record Settings(ServiceUrl amqpUrl) {}
        try (RabbitMqServer rabbit = RabbitMqServer.start();
                TcpGate gate = TcpGate.to(rabbit.url())) {
            Path file = Files.writeString(directory.resolve("url"), gate.through(rabbit.url()));
            Settings settings =
                    EnvConfig.bind(Settings.class, Environment.of(Map.of("AMQP_URL_FILE", file.toString())));
            try (AttachmentProbe<Connection> amqp = AttachmentProbe.attach(settings.amqpUrl(), Amqp::connection)) {
                // Instead of a new password on the server, a wrong one here: it is read for the next connection.
                Files.writeString(file, gate.through(rabbit.url()).replaceFirst("app:[^@]*@", "app:wrong@"));
                gate.refuse();
                gate.open();
                ServiceHealth unused = amqp.awaitDown();
                Thread.sleep(2000);
                assertThat(amqp.health().up())
                        .as("refused with what the file says")
                        .isFalse();
                Files.writeString(file, gate.through(rabbit.url()) + "\n");
                ServiceHealth again = amqp.awaitUp();
                assertThat(again.up()).isTrue();
            }
        }
    }

    @Test
    void takes_no_error_of_a_channel_for_an_outage(RabbitMqServer rabbit) throws Exception {
        try (AttachmentProbe<Connection> amqp = AttachmentProbe.attach(rabbit.url(), Amqp::connection)) {
            Channel other = amqp.client().createChannel();
            Channel channel = amqp.client().createChannel();
            CountDownLatch closed = new CountDownLatch(1);
            channel.addShutdownListener(cause -> closed.countDown());
            channel.basicPublish("missing", "key", null, new byte[0]);
            closed.await();
            assertThatThrownBy(() -> channel.basicPublish("missing", "key", null, new byte[0]))
                    .isInstanceOf(AlreadyClosedException.class)
                    .hasMessageContaining("NOT_FOUND - no exchange 'missing'")
                    .satisfies(
                            failure -> assertThat(amqp.isUnavailable(failure)).isFalse());
            assertThatThrownBy(() -> amqp.client().createChannel().queueDeclarePassive("missing"))
                    .isInstanceOf(IOException.class)
                    .satisfies(
                            failure -> assertThat(amqp.isUnavailable(failure)).isFalse());
            Channel own = amqp.client().createChannel();
            own.close();
            assertThatThrownBy(own::queueDeclare)
                    .isInstanceOf(AlreadyClosedException.class)
                    .satisfies(
                            failure -> assertThat(amqp.isUnavailable(failure)).isFalse());
            assertThat(amqp.health().up()).isTrue();
            assertThat(other.isOpen()).isTrue();
            assertThat(usable(amqp.client(), other)).isSameAs(other);
            assertThat(usable(amqp.client(), channel).queueDeclare().getQueue()).isNotEmpty();
        }
    }

    /** As docs/services.md has it. */
    private static Channel usable(Connection connection, Channel channel) throws IOException {
        boolean closedForGood = !channel.isOpen() && connection.isOpen();
        return closedForGood ? connection.createChannel() : channel;
    }

    @Test
    void a_publish_that_fails_while_there_is_no_connection_has_no_effect(RabbitMqServer rabbit) throws Exception {
        try (TcpGate gate = TcpGate.to(rabbit.url());
                AttachmentProbe<Connection> observer = AttachmentProbe.attach(rabbit.url(), Amqp::connection);
                AttachmentProbe<Connection> amqp =
                        AttachmentProbe.attach(gate.through(rabbit.url()), Amqp::connection)) {
            String queue = observer.client().createChannel().queueDeclare().getQueue();
            Channel channel = amqp.client().createChannel();
            CountDownLatch away = new CountDownLatch(1);
            channel.addShutdownListener(cause -> away.countDown());
            gate.refuse();
            away.await();
            assertThatThrownBy(() -> publish(channel, queue, "lost"))
                    .isInstanceOf(AlreadyClosedException.class)
                    .satisfies(
                            failure -> assertThat(amqp.isUnavailable(failure)).isTrue());
            gate.open();
            while (!channel.isOpen()) {
                Thread.sleep(10);
            }
            publish(channel, queue, "after");
            assertThat(awaitMessage(observer, queue)).isEqualTo("after");
        }
    }

    @Test
    void a_publish_whose_confirm_does_not_come_may_have_arrived(RabbitMqServer rabbit) throws Exception {
        try (TcpGate gate = TcpGate.to(rabbit.url());
                AttachmentProbe<Connection> observer = AttachmentProbe.attach(rabbit.url(), Amqp::connection);
                AttachmentProbe<Connection> amqp =
                        AttachmentProbe.attach(gate.through(rabbit.url()), Amqp::connection)) {
            String queue = observer.client().createChannel().queueDeclare().getQueue();
            Channel channel = amqp.client().createChannel();
            channel.confirmSelect();
            gate.swallowAnswers();
            publish(channel, queue, "unknown");
            assertThatThrownBy(() -> channel.waitForConfirms(100)).isInstanceOf(TimeoutException.class);
            assertThat(awaitMessage(observer, queue)).isEqualTo("unknown");
        }
    }

    @Test
    void a_publish_without_a_confirm_may_be_lost_though_it_returns(RabbitMqServer rabbit) throws Exception {
        try (TcpGate gate = TcpGate.to(rabbit.url());
                AttachmentProbe<Connection> observer = AttachmentProbe.attach(rabbit.url(), Amqp::connection);
                AttachmentProbe<Connection> amqp =
                        AttachmentProbe.attach(gate.through(rabbit.url()), Amqp::connection)) {
            String queue = observer.client().createChannel().queueDeclare().getQueue();
            Channel channel = amqp.client().createChannel();
            CountDownLatch away = new CountDownLatch(1);
            channel.addShutdownListener(cause -> away.countDown());
            gate.swallow();
            publish(channel, queue, "lost");
            gate.open();
            away.await();
            while (!channel.isOpen()) {
                Thread.sleep(10);
            }
            publish(channel, queue, "after");
            assertThat(awaitMessage(observer, queue)).isEqualTo("after");
        }
    }

    private static String awaitMessage(AttachmentProbe<Connection> amqp, String queue) throws Exception {
        try (Channel channel = amqp.client().createChannel()) {
            GetResponse got = channel.basicGet(queue, true);
            while (got == null) {
                Thread.sleep(10);
                got = channel.basicGet(queue, true);
            }
            return new String(got.getBody(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h/v | has the scheme http; write amqp://user:password@host:5672/vhost, or amqps: for TLS",
                "amqp:///v | names no host; write amqp://",
                "amqp://u:hunter2@ | names no host; write amqp://",
                "amqp://hunter2@h | has a user without a password; write amqp://",
                "amqp://h/a/b | has more than one slash in its path; write one that belongs to the virtual host as %2F",
                "amqp://h?heartbeat=x | has a parameter, heartbeat, that is not a duration",
                "amqp://h?hartbeat=5 | has an unknown parameter, hartbeat; did you mean heartbeat?",
                "amqps://h?tls.ca=/nowhere | has a parameter, tls.ca, that names no readable PEM file with certificates",
            })
    void refuses_a_url_that_it_cannot_use(String url, String why) {
        assertThatThrownBy(() -> AmqpAddress.of(ServiceUrl.parse(url)))
                .isInstanceOf(ConfigException.class)
                .message()
                .contains(why)
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({"amqp://h, /", "amqp://h/, ''", "amqp://h/%2F, /", "amqp://h/a%2Fb, a/b", "amqp://h/v, v"})
    void reads_the_virtual_host_as_the_specification_has_it(String url, String host) {
        assertThat(AmqpAddress.of(ServiceUrl.parse(url)).virtualHost()).isEqualTo(host);
    }

    @Test
    void reads_the_parameters_of_the_specification() {
        AmqpAddress address =
                AmqpAddress.of(ServiceUrl.parse("amqps://h1,h2:7?heartbeat=10&connection_timeout=1500&channel_max=3"));
        assertThat(address.heartbeat()).isEqualTo(Duration.ofSeconds(10));
        assertThat(address.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(address.mostChannels()).isEqualTo(3);
        assertThat(address.hosts()).extracting(Object::toString).containsExactly("h1:5671", "h2:7");
    }
}
