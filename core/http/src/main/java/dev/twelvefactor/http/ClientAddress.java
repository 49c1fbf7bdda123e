package dev.twelvefactor.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

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
        List<String> hops = headers.getOrDefault("X-Forwarded-For", List.of()).stream()
                .flatMap(line -> List.of(line.split(",")).stream())
                .map(String::strip)
                .filter(hop -> !hop.isEmpty())
                .toList();
        // From the nearest hop outward: the first that is no proxy of ours is the client, whatever stands before it was
        // written by the client.
        for (int i = hops.size() - 1; i >= 0; i--) {
            if (!isTrusted(hops.get(i))) {
                return hops.get(i);
            }
        }
        return hops.isEmpty() ? peer.getHostAddress() : hops.get(0);
    }

    boolean isSecure(InetAddress peer, Map<String, List<String>> headers) {
        return isTrusted(peer)
                && headers.getOrDefault("X-Forwarded-Proto", List.of()).stream()
                        .anyMatch(scheme -> scheme.equalsIgnoreCase("https"));
    }

    private boolean isTrusted(String hop) {
        try {
            // As a network, a hop can only be an address: no name is looked up.
            return !hop.contains("/") && isTrusted(Network.parse(hop).address());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }
}
