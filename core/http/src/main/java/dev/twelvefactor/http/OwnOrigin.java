package dev.twelvefactor.http;

import java.util.Locale;

/** Whether a page is of the server's own origin, by what the browser has sent as {@code Origin}. */
final class OwnOrigin {
    private OwnOrigin() {}

    /**
     * Compares the host and the port with {@link Request#host}. The scheme counts only if the request is known to be secure: a proxy that does not say so makes
     * it look as if it were not.
     */
    static boolean is(String origin, Request request) {
        int colon = origin.indexOf("://");
        if (colon <= 0) {
            return false;
        }
        String scheme = origin.substring(0, colon).toLowerCase(Locale.ROOT);
        if (request.secure() && !scheme.equals("https")) {
            return false;
        }
        String port = Cors.DEFAULT_PORTS.getOrDefault(scheme, "");
        String own = withoutPort(request.host(), port);
        return !own.isEmpty()
                && withoutPort(origin.substring(colon + "://".length()), port).equalsIgnoreCase(own);
    }

    /** Browsers leave the default port out; proxies that write {@code $host:$server_port} do not. */
    private static String withoutPort(String host, String port) {
        return host.endsWith(port) ? host.substring(0, host.length() - port.length()) : host;
    }
}
