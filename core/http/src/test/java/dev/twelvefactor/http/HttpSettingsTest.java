package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.config.DataSize;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.Port;
import dev.twelvefactor.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HttpSettingsTest {
    @Test
    void has_each_variable_in_its_place() {
        Map<String, String> variables = Map.ofEntries(
                Map.entry("PORT", "1001"),
                Map.entry("BIND_ADDRESS", "127.0.0.2"),
                Map.entry("MANAGEMENT_PORT", "1002"),
                Map.entry("MANAGEMENT_ADDRESS", "127.0.0.3"),
                Map.entry("MANAGEMENT_TOKEN", "0123456789abcdef"),
                Map.entry("PROXY_HEADERS", "forwarded"),
                Map.entry("HTTP_MAX_BODY", "1003"),
                Map.entry("HTTP_MAX_HEADER_SIZE", "1004"),
                Map.entry("HTTP_MAX_HEADERS", "1005"),
                Map.entry("HTTP_MAX_CONCURRENT_REQUESTS", "1006"),
                Map.entry("HTTP_MAX_STREAMS", "1007"),
                Map.entry("HTTP_WORKER_THREADS", "1008"),
                Map.entry("HTTP_IO_THREADS", "17"),
                Map.entry("HTTP_MAX_TARGET", "1009"),
                Map.entry("HTTP_MAX_CONNECTIONS", "1010"),
                Map.entry("HTTP_MIN_BODY_RATE", "1011"),
                Map.entry("HTTP_PARSE_TIMEOUT", "12s"),
                Map.entry("HTTP_REQUEST_TIMEOUT", "13s"),
                Map.entry("HTTP_HEARTBEAT", "14s"),
                Map.entry("HTTP_LOG_QUERY", "page,sort"),
                Map.entry("HTTP_LOG_HEADERS", "accept-language"),
                Map.entry("HTTP_IDLE_TIMEOUT", "15s"),
                Map.entry("HTTP_WRITE_TIMEOUT", "16s"),
                Map.entry("HTTP_MAX_EVENT_STREAMS", "1012"),
                Map.entry("WEBSOCKET_MAX_MESSAGE", "1013"),
                Map.entry("WEBSOCKET_IDLE_TIMEOUT", "18s"),
                Map.entry("WEBSOCKET_MAX_CONNECTIONS", "1014"),
                Map.entry("WEBSOCKET_ORIGINS", "https://Shop.example.org:443"));
        assertThat(bound(variables))
                .isEqualTo(new HttpSettings(
                        new Port(1001),
                        "127.0.0.2",
                        Optional.of(new Port(1002)),
                        Optional.of("127.0.0.3"),
                        Optional.of(Secret.of("0123456789abcdef")),
                        List.of(),
                        List.of(ProxyHeader.FORWARDED),
                        new DataSize(1003),
                        new DataSize(1004),
                        1005,
                        1006,
                        1007,
                        1008,
                        Optional.of(17),
                        new DataSize(1009),
                        1010,
                        new DataSize(1011),
                        Duration.ofSeconds(12),
                        Duration.ofSeconds(13),
                        Duration.ofSeconds(14),
                        List.of("page", "sort"),
                        List.of("accept-language"),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(16),
                        1012,
                        new WebSocketSettings(
                                new DataSize(1013),
                                Duration.ofSeconds(18),
                                1014,
                                List.of("https://shop.example.org"))));
    }

    private static HttpSettings bound(Map<String, String> variables) {
        return EnvConfig.bind(HttpSettings.class, Environment.of(variables));
    }

    @Test
    void believes_no_host_of_a_proxy_unless_it_is_told_to() {
        assertThat(bound(Map.of()).proxyHeaders())
                .containsExactly(ProxyHeader.X_FORWARDED_FOR, ProxyHeader.X_FORWARDED_PROTO);
        assertThat(bound(Map.of("PROXY_HEADERS", "X-Forwarded-Host, x_forwarded_for"))
                        .proxyHeaders())
                .containsExactly(ProxyHeader.X_FORWARDED_HOST, ProxyHeader.X_FORWARDED_FOR);
    }

    @Test
    void says_which_headers_of_a_proxy_can_be_named() {
        assertThatThrownBy(() -> bound(Map.of("PROXY_HEADERS", "x-forwarded-for,x-real-ip")))
                .hasMessage("""
                        The configuration is invalid: 1 problem.
                          PROXY_HEADERS  "x-forwarded-for,x-real-ip" has the item "x-real-ip", which is none of the choices; write one of x-forwarded-for, x-forwarded-proto, x-forwarded-host, forwarded (environment variable PROXY_HEADERS)""");
        assertThatThrownBy(() -> bound(Map.of("PROXY_HEADERS", "x-forwarded-for,forwarded")))
                .hasMessage("""
                        The configuration is invalid: 1 problem.
                          HttpSettings  PROXY_HEADERS names forwarded beside others that say the same; write the ones that the proxy writes: forwarded, or some of x-forwarded-for,x-forwarded-proto,x-forwarded-host""");
    }
}
