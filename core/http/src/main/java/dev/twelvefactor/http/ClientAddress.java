package dev.twelvefactor.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who the client is: the peer of the connection, or what a trusted proxy says of it. Nobody else's {@code X-Forwarded-*} counts. */
final class ClientAddress {
    private final List<Network> trusted;

    ClientAddress(List<Network> trusted) {
        this.trusted = trusted;
    }

    String of(InetAddress peer, Map<String, List<String>> headers) {
        if (!isTrusted(peer)) {
            return peer.getHostAddress();
        }
        List<String> hops = items(headers, "X-Forwarded-For");
        String nearest = peer.getHostAddress();
        // From the nearest hop outward: the first that is no proxy of ours is the client, whatever stands before it was
        // written by the client.
        for (int i = hops.size() - 1; i >= 0; i--) {
            Optional<InetAddress> hop = address(hops.get(i));
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

    /** What the nearest proxy says counts: it is the last to have written there. */
    boolean isSecure(InetAddress peer, Map<String, List<String>> headers) {
        List<String> schemes = items(headers, "X-Forwarded-Proto");
        return isTrusted(peer)
                && !schemes.isEmpty()
                && schemes.get(schemes.size() - 1).equalsIgnoreCase("https");
    }

    private static List<String> items(Map<String, List<String>> headers, String name) {
        return headers.getOrDefault(name, List.of()).stream()
                .flatMap(line -> List.of(line.split(",")).stream())
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    /** A literal address; a name is not looked up. */
    private static Optional<InetAddress> address(String hop) {
        try {
            return hop.contains("/")
                    ? Optional.empty()
                    : Optional.of(Network.parse(hop).address());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }
}
