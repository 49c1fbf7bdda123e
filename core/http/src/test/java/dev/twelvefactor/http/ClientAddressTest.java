package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {
    private static final List<Network> OURS = List.of(Network.parse("10.0.0.0/8"));

    private final ClientAddress xForwarded = new ClientAddress(
            OURS, List.of(ProxyHeader.X_FORWARDED_FOR, ProxyHeader.X_FORWARDED_PROTO, ProxyHeader.X_FORWARDED_HOST));
    private final ClientAddress forwarded = new ClientAddress(OURS, List.of(ProxyHeader.FORWARDED));
    private final InetAddress proxy = address("10.0.0.1");

    private static InetAddress address(String literal) {
        return Network.parse(literal).address();
    }

    private static ClientAddress.Client client(
            ClientAddress address, InetAddress peer, Map<String, List<String>> headers) {
        return address.of(Connection.Peer.of(peer), name -> headers.entrySet().stream()
                .filter(field -> field.getKey().equalsIgnoreCase(name))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(List.of()));
    }

    @Test
    void believes_nobody_but_a_trusted_proxy() {
        Map<String, List<String>> headers = Map.of(
                "Host", List.of("inside"),
                "X-Forwarded-For", List.of("1.1.1.1, 203.0.113.9, 10.0.0.2"),
                "X-Forwarded-Proto", List.of("https"),
                "X-Forwarded-Host", List.of("shop.example.org:8443"));
        assertThat(client(xForwarded, proxy, headers))
                .isEqualTo(new ClientAddress.Client("203.0.113.9", true, "shop.example.org:8443"));
        InetAddress stranger = address("198.51.100.1");
        assertThat(client(xForwarded, stranger, headers))
                .isEqualTo(new ClientAddress.Client("198.51.100.1", false, "inside"));
        assertThat(client(forwarded, stranger, Map.of("Forwarded", List.of("for=1.1.1.1;proto=https"))))
                .isEqualTo(new ClientAddress.Client("198.51.100.1", false, ""));
    }

    @Test
    void believes_no_field_that_its_proxies_do_not_write() {
        Map<String, List<String>> both = Map.of(
                "Forwarded", List.of("for=203.0.113.1;proto=http"),
                "X-Forwarded-For", List.of("203.0.113.2"),
                "X-Forwarded-Proto", List.of("https"));
        assertThat(client(forwarded, proxy, both)).isEqualTo(new ClientAddress.Client("203.0.113.1", false, ""));
        assertThat(client(xForwarded, proxy, both)).isEqualTo(new ClientAddress.Client("203.0.113.2", true, ""));
    }

    @Test
    void believes_what_the_nearest_proxy_wrote_last() {
        assertThat(client(xForwarded, proxy, Map.of("X-Forwarded-Proto", List.of("https, http")))
                        .secure())
                .isFalse();
        assertThat(client(xForwarded, proxy, Map.of("X-Forwarded-Proto", List.of("http", "https")))
                        .secure())
                .isTrue();
        assertThat(client(xForwarded, proxy, Map.of("X-Forwarded-For", List.of("1.1.1.1, not-an-address, 10.0.0.2")))
                        .address())
                .isEqualTo("10.0.0.2");
        assertThat(client(
                                xForwarded,
                                proxy,
                                Map.of("X-Forwarded-Host", List.of("not a host"), "Host", List.of("inside")))
                        .host())
                .isEqualTo("inside");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "for=203.0.113.9 | 203.0.113.9",
                "For=203.0.113.9;proto=http;by=203.0.113.43 | 203.0.113.9",
                "for=\"203.0.113.9:4711\" | 203.0.113.9",
                "for=\"[2001:db8:cafe::17]:4711\" | 2001:db8:cafe:0:0:0:0:17",
                "for=192.0.2.43, for=198.51.100.17 | 198.51.100.17",
                "for=1.1.1.1, for=198.51.100.17 , for=10.1.2.3 | 198.51.100.17",
                "for=198.51.100.17, for=unknown | 10.0.0.1",
                "for=198.51.100.17, for=_hidden, for=10.0.0.3 | 10.0.0.3",
                "for=198.51.100.17, proto=https | 10.0.0.1",
                "for=203.0.113.9 nonsense | 10.0.0.1",
                "for=\"203.0.113.9 | 10.0.0.1",
                "host=\"a,for=1.1.1.1\";for=203.0.113.9 | 203.0.113.9",
                "'' | 10.0.0.1"
            })
    void reads_the_standard_field(String line, String address) {
        assertThat(client(forwarded, proxy, Map.of("Forwarded", List.of(line))).address())
                .isEqualTo(address);
    }

    @Test
    void loses_no_line_of_its_proxy_by_one_that_cannot_be_read() {
        assertThat(client(
                        forwarded,
                        proxy,
                        Map.of("Forwarded", List.of("for=\"" + "x".repeat(9000), "for=203.0.113.9;proto=https"))))
                .isEqualTo(new ClientAddress.Client("203.0.113.9", true, ""));
    }

    /** {@code docs/deploy.md} shows these lines: nginx passes on any other field as the client sent it. */
    @Test
    void believes_of_nginx_what_its_usual_lines_write() {
        ClientAddress usual = new ClientAddress(
                OURS,
                EnvConfig.bind(HttpSettings.class, Environment.of(Map.of())).proxyHeaders());
        Map<String, List<String>> headers = Map.of(
                "Host", List.of("shop.example.org"),
                "X-Forwarded-For", List.of("198.51.100.66, 203.0.113.9"),
                "X-Forwarded-Proto", List.of("https"),
                "X-Forwarded-Host", List.of("attacker.example"),
                "Forwarded", List.of("for=198.51.100.66;host=attacker.example;proto=http"));
        assertThat(client(usual, proxy, headers))
                .isEqualTo(new ClientAddress.Client("203.0.113.9", true, "shop.example.org"));
    }

    @Test
    void goes_through_no_more_proxies_than_a_platform_has() {
        String chain = "203.0.113.9" + ", 10.0.0.2".repeat(31);
        assertThat(client(xForwarded, proxy, Map.of("X-Forwarded-For", List.of(chain)))
                        .address())
                .isEqualTo("203.0.113.9");
        assertThat(client(xForwarded, proxy, Map.of("X-Forwarded-For", List.of(chain + ", 10.0.0.3")))
                        .address())
                .isEqualTo("10.0.0.2");
    }

    @Test
    void reads_lines_from_the_last_and_no_further_than_the_client() {
        Map<String, List<String>> headers = Map.of(
                "X-Forwarded-For",
                List.of("1.1.1.1", "x".repeat(2000) + ", 203.0.113.9 , ,", " 10.0.0.2, 10.0.0.3", "", ","));
        assertThat(client(xForwarded, proxy, headers).address()).isEqualTo("203.0.113.9");
        assertThat(client(xForwarded, proxy, Map.of("X-Forwarded-For", List.of("x".repeat(2000) + ", 10.0.0.2")))
                        .address())
                .isEqualTo("10.0.0.2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "999.1.1.1",
                "256.0.0.1",
                "010.0.0.1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.4:",
                "1.2.3.4:x",
                "localhost",
                ".:1",
                "g::1",
                "::1%lo",
                "[::1",
                "[::1]x",
                "[1.2.3.4]",
                "::ffff:1.2.3.4.5",
                "0000:0000:0000:0000:0000:ffff:255.255.255.2555",
                ":::"
            })
    void takes_for_an_address_only_what_needs_no_resolver(String hop) {
        assertThat(client(xForwarded, proxy, Map.of("X-Forwarded-For", List.of(hop)))
                        .address())
                .isEqualTo("10.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.0.2.128/25, 192.0.2.128, true",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::/0, 203.0.113.9, false"
    })
    void knows_which_addresses_are_in_a_network(String network, String literal, boolean contained) {
        assertThat(Network.parse(network).contains(address(literal))).isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9:4711, 203.0.113.9",
        "[2001:db8::1]:80, 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "::ffff:203.0.113.9, 203.0.113.9",
        "203.0.113.9/8, 10.0.0.1"
    })
    void takes_an_address_with_a_port(String hop, String address) {
        assertThat(client(xForwarded, proxy, Map.of("X-Forwarded-For", List.of(hop)))
                        .address())
                .isEqualTo(address);
    }
}
