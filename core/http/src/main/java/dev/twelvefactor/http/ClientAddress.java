package dev.twelvefactor.http;

import java.net.InetAddress;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Who the client is, and what it asked for: the peer of the connection and its {@code Host}, or what a trusted proxy says of them in the fields that were opted
 * into. Nobody else's word counts. What a client has written into these fields costs nothing: they are read from their end, and not beyond the first address
 * that is not trusted.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239</a>
 */
final class ClientAddress {
    /** Of proxies in a chain; no platform has as many. */
    private static final int MAX_HOPS = 32;

    private final List<Network> trusted;
    private final Set<ProxyHeader> believed;

    ClientAddress(List<Network> trusted, Collection<ProxyHeader> believed) {
        this.trusted = trusted;
        this.believed = EnumSet.noneOf(ProxyHeader.class);
        this.believed.addAll(believed);
    }

    /** What is known of a client. */
    record Client(String address, boolean secure, String host) {}

    /** What an element of {@code Forwarded} says; empty texts where it says nothing. */
    private record Element(String from, String scheme, String host) {
        static final Element EMPTY = new Element("", "", "");
    }

    Client of(Connection.Peer peer, Fields fields) {
        String host = fields.first("Host").orElse("");
        if (!isTrusted(peer.address())) {
            return new Client(peer.text(), false, host);
        }
        return believed.contains(ProxyHeader.FORWARDED)
                ? forwarded(peer, fields, host)
                : xForwarded(peer, fields, host);
    }

    private Client xForwarded(Connection.Peer peer, Fields fields, String host) {
        String address = nearest(peer, list(fields, ProxyHeader.X_FORWARDED_FOR), hop -> hop);
        String scheme = list(fields, ProxyHeader.X_FORWARDED_PROTO).next().orElse("");
        String asked = list(fields, ProxyHeader.X_FORWARDED_HOST).next().orElse("");
        return client(address, scheme, asked, host);
    }

    private Client forwarded(Connection.Peer peer, Fields fields, String host) {
        String address = nearest(
                peer, list(fields, ProxyHeader.FORWARDED), item -> element(item).from());
        // What the nearest proxy says of the scheme and the host counts: it is the last to have written there.
        Element last = list(fields, ProxyHeader.FORWARDED)
                .next()
                .map(ClientAddress::element)
                .orElse(Element.EMPTY);
        return client(address, last.scheme(), last.host(), host);
    }

    private static Client client(String address, String scheme, String asked, String host) {
        return new Client(address, scheme.equalsIgnoreCase("https"), Grammar.isHost(asked) ? asked : host);
    }

    /** The items of a field, the nearest proxy's first; none if it was not opted into. */
    private ListFromEnd list(Fields fields, ProxyHeader header) {
        return new ListFromEnd(believed.contains(header) ? fields.all(header.fieldName()) : List.of());
    }

    /** From the nearest hop outward: the first that is no proxy of ours is the client, whatever stands before it was written by the client. */
    private String nearest(Connection.Peer peer, ListFromEnd hops, Function<String, String> from) {
        String nearest = peer.text();
        for (int i = 0; i < MAX_HOPS; i++) {
            Optional<InetAddress> hop = hops.next().map(from).flatMap(ClientAddress::address);
            if (hop.isEmpty()) {
                return nearest;
            }
            nearest = hop.get().getHostAddress();
            if (!isTrusted(hop.get())) {
                return nearest;
            }
        }
        return nearest;
    }

    private static Element element(String item) {
        Element element = Element.EMPTY;
        for (List<Map.Entry<String, String>> pairs :
                HeaderParameters.parse(item).orElse(List.of())) {
            for (Map.Entry<String, String> pair : pairs) {
                String value = HeaderParameters.unescaped(pair.getValue());
                switch (pair.getKey()) {
                    case "for" -> element = new Element(value, element.scheme(), element.host());
                    case "proto" -> element = new Element(element.from(), value, element.host());
                    case "host" -> element = new Element(element.from(), element.scheme(), value);
                    default -> {
                        // "by", and what may be added to the standard.
                    }
                }
            }
        }
        return element;
    }

    /** A literal address, with a port or without; a name is not looked up. */
    private static Optional<InetAddress> address(String hop) {
        String host = hop;
        int colon = hop.lastIndexOf(':');
        boolean bracketed = hop.startsWith("[");
        if (colon > hop.lastIndexOf(']') && (bracketed || hop.indexOf(':') == colon)) {
            if (!Grammar.isDigits(hop.substring(colon + 1))) {
                return Optional.empty();
            }
            host = hop.substring(0, colon);
        }
        if (bracketed) {
            boolean closed = host.endsWith("]") && host.indexOf(':') > 0;
            return closed ? Network.literal(host.substring(1, host.length() - 1)) : Optional.empty();
        }
        return Network.literal(host);
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
