package dev.twelvefactor.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of {@code docs/services.md}: it stands there as it stands here, and works. */
@Timeout(60)
class MemcachedTest {
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);

    @Test
    void is_what_the_document_shows_in_less_than_sixty_lines() throws IOException {
        String code = Files.readString(Path.of("src/test/java/dev/twelvefactor/backing/Memcached.java"));
        assertThat(Files.readString(Path.of("../../docs/services.md"))).contains("```java\n" + code + "```");
        assertThat(code.lines()).hasSizeLessThan(60);
    }

    @Test
    void is_attached_by_its_scheme_and_watched() throws Exception {
        Attachments attachments = new Attachments(lifecycle, Duration.ofSeconds(10));
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServiceUrl url = ServiceUrl.parse("memcached://127.0.0.1:" + server.getLocalPort() + "?timeout=2s");
            Attached<Socket> attached = attachments.attach("cache", Attachment.of(url, Socket.class));
            try (Socket peer = server.accept()) {
                assertThat(attached.get().isConnected()).isTrue();
                attachments.watch(Duration.ofMillis(20));
                for (int i = 0; i < 3; i++) {
                    assertThat(peer.getInputStream().readNBytes("version\r\n".length()))
                            .startsWith('v');
                    peer.getOutputStream().write("VERSION 1.6.0\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                assertThat(attachments.health()).allMatch(ServiceHealth::up);
            }
            while (attachments.health().get(0).up()) {
                Thread.sleep(5);
            }
        }
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(attachments.health()).noneMatch(ServiceHealth::up);
    }

    @Test
    void refuses_what_is_none_of_its_urls() {
        assertThatThrownBy(() -> Attachment.of(ServiceUrl.parse("memcached://a,b"), Socket.class)
                        .connector()
                        .get())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("names no single host; write memcached://host:11211");
        assertThatThrownBy(() -> Attachment.of(ServiceUrl.parse("http://h"), Socket.class)
                        .connector()
                        .get())
                .hasMessageContaining("has the scheme http, and no module here attaches such a service as a Socket;"
                        + " the schemes are memcached");
    }
}
