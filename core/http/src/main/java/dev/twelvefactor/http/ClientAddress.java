package dev.twelvefactor.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who the client is, and what it asked for: the peer of the connection and its {@code Host}, or what a trusted proxy says of them. Nobody else's word
 * counts, and of a trusted proxy only that in the fields which it writes itself: others it may pass on from the client as they came.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239</a>
 */
final class ClientAddress {
    private static final Pattern WITH_PORT = Pattern.compile("\\[([0-9A-Fa-f:.]+)](?::\\d+)?|([0-9.]+\\.[0-9]+):\\d+");

    private final List<Network> trusted;
    private final ProxyHeaders written;

    ClientAddress(List<Network> trusted, ProxyHeaders written) {
        this.trusted = trusted;
        this.written = written;
    }

    /** What is known of a client. */
    record Client(String address, boolean secure, String host) {}

    /** One proxy's note of who came to it, and how. */
    private record Hop(Optional<InetAddress> from, String scheme, String host) {}

    Client of(Connection.Peer peer, Fields fields) {
        String host = fields.first("Host").orElse("");
        if (!isTrusted(peer.address())) {
            return new Client(peer.text(), false, host);
        }
        List<Hop> hops = written == ProxyHeaders.FORWARDED ? forwarded(fields) : xForwarded(fields);
        String nearest = peer.text();
        // From the nearest hop outward: the first that is no proxy of ours is the client, whatever stands before it was
        // written by the client.
        for (int i = hops.size() - 1; i >= 0; i--) {
            Optional<InetAddress> from = hops.get(i).from();
            if (from.isEmpty()) {
                break;
            }
            nearest = from.get().getHostAddress();
            if (!isTrusted(from.get())) {
                break;
            }
        }
        // What the nearest proxy says of the scheme and the host counts: it is the last to have written there.
        Hop last = hops.isEmpty() ? new Hop(Optional.empty(), "", "") : hops.get(hops.size() - 1);
        return new Client(
                nearest, last.scheme().equalsIgnoreCase("https"), Grammar.isHost(last.host()) ? last.host() : host);
    }

    private static List<Hop> xForwarded(Fields fields) {
        List<Hop> hops = new ArrayList<>();
        for (String hop : items(fields, "X-Forwarded-For")) {
            hops.add(new Hop(address(hop), "", ""));
        }
        Hop last = hops.isEmpty() ? new Hop(Optional.empty(), "", "") : hops.remove(hops.size() - 1);
        hops.add(new Hop(last.from(), lastOf(fields, "X-Forwarded-Proto"), lastOf(fields, "X-Forwarded-Host")));
        return hops;
    }

    private static String lastOf(Fields fields, String name) {
        List<String> items = items(fields, name);
        return items.isEmpty() ? "" : items.get(items.size() - 1);
    }

    private static List<String> items(Fields fields, String name) {
        List<String> items = new ArrayList<>();
        for (String line : fields.all(name)) {
            for (String item : line.split(",", -1)) {
                if (!item.isBlank()) {
                    items.add(item.strip());
                }
            }
        }
        return items;
    }

    /** The elements of {@code Forwarded}; a line that cannot be read is a hop that says nothing, and takes nothing from the others. */
    private static List<Hop> forwarded(Fields fields) {
        List<Hop> hops = new ArrayList<>();
        for (String line : fields.all("Forwarded")) {
            HeaderParameters.parse(line)
                    .ifPresentOrElse(
                            elements -> elements.forEach(element -> hops.add(hop(element))),
                            () -> hops.add(new Hop(Optional.empty(), "", "")));
        }
        return hops;
    }

    private static Hop hop(List<Map.Entry<String, String>> pairs) {
        Hop hop = new Hop(Optional.empty(), "", "");
        for (Map.Entry<String, String> pair : pairs) {
            String value = pair.getValue().replaceAll("\\\\(.)", "$1");
            switch (pair.getKey()) {
                case "for" -> hop = new Hop(address(value), hop.scheme(), hop.host());
                case "proto" -> hop = new Hop(hop.from(), value, hop.host());
                case "host" -> hop = new Hop(hop.from(), hop.scheme(), value);
                default -> {
                    // "by", and what may be added to the standard.
                }
            }
        }
        return hop;
    }

    /** A literal address, with a port or without; a name is not looked up. */
    private static Optional<InetAddress> address(String hop) {
        Matcher withPort = WITH_PORT.matcher(hop);
        String host = !withPort.matches() ? hop : withPort.group(1) == null ? withPort.group(2) : withPort.group(1);
        try {
            return host.contains("/")
                    ? Optional.empty()
                    : Optional.of(Network.parse(host).address());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean isTrusted(InetAddress address) {
        for (Network network : trusted) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
