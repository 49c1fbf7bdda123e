package dev.twelvefactor.http;

import dev.twelvefactor.config.Secret;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who gets an answer from the management port. Health is open to all, since probes cannot send a token. With {@code MANAGEMENT_TOKEN}, all else needs it as the
 * bearer token (RFC 6750). Without one, metrics are open too, and the rest is for processes of the same machine or pod alone.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750">RFC 6750</a>
 */
final class ManagementAccess implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger("http");
    private static final String METRICS = "/metrics";
    private static final String SCHEME = "bearer ";

    private final Optional<Secret> token;

    ManagementAccess(Optional<Secret> token) {
        this.token = token;
    }

    @Override
    public Response handle(Request request, Handler next) throws Exception {
        boolean open = token.isPresent()
                ? presented(request).filter(token.get()::equals).isPresent()
                : request.path().equals(METRICS) || isLocal(request);
        if (open) {
            return next.handle(request);
        }
        Response rejection = token.isPresent()
                ? Response.problem(401, "This needs the header field \"Authorization: Bearer \" with MANAGEMENT_TOKEN.")
                        .withHeader("WWW-Authenticate", "Bearer")
                : Response.problem(
                        403,
                        "Without MANAGEMENT_TOKEN this answers its own machine alone, as localhost. Set it, or ask from inside:"
                                + " kubectl port-forward, docker exec.");
        LOG.atWarn()
                .addKeyValue("method", request.method())
                .addKeyValue("path", request.path())
                .addKeyValue("status", rejection.status())
                .addKeyValue("remote_address", request.remoteAddress())
                .log("the management port rejects a request");
        return rejection;
    }

    /** Compared as a secret: in constant time. */
    private static Optional<Secret> presented(Request request) {
        List<String> values = request.headers("Authorization");
        return values.size() == 1 && values.get(0).toLowerCase(Locale.ROOT).startsWith(SCHEME)
                ? Optional.of(Secret.of(values.get(0).substring(SCHEME.length()).strip()))
                : Optional.empty();
    }

    /**
     * Whether a process of this machine asks, and no page in its browser: one of another site may not, nor one whose own name was made to lead here (DNS
     * rebinding).
     */
    private static boolean isLocal(Request request) {
        return isLoopback(request.remoteAddress())
                && isLocalName(request.host())
                && !SessionHolder.isOfAnotherOrigin(request);
    }

    private static boolean isLoopback(String address) {
        try {
            // An address, so nothing is looked up.
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * Whether it is {@code localhost} or a loopback address, with or without a port, or none. Not {@code 0.0.0.0}, which leads here as well: browsers say where
     * a request comes from only if its host is {@code localhost} or a loopback address.
     *
     * @see <a href="https://www.w3.org/TR/secure-contexts/#is-origin-trustworthy">Secure Contexts, 3.1</a>
     */
    private static boolean isLocalName(String host) {
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        return name.isEmpty()
                || name.equalsIgnoreCase("localhost")
                || Network.literal(bracketed ? name.substring(1, name.length() - 1) : name)
                        .filter(InetAddress::isLoopbackAddress)
                        .isPresent();
    }
}
