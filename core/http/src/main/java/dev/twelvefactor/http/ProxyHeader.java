package dev.twelvefactor.http;

import java.util.Locale;

/**
 * A header field in which a trusted proxy says who its client is. Name only those that the proxy writes itself: it passes any other on from the client, who
 * can write there whatever it likes.
 */
public enum ProxyHeader {
    /** {@code X-Forwarded-For}: the addresses of the client and of the proxies, the last one added by the nearest proxy. */
    X_FORWARDED_FOR,
    /** {@code X-Forwarded-Proto}: {@code https} or {@code http}. */
    X_FORWARDED_PROTO,
    /** {@code X-Forwarded-Host}: the host that the client asked for. Few proxies write it; most pass on the client's. */
    X_FORWARDED_HOST,
    /** {@code Forwarded}, the standard field that has all of these (RFC 7239). */
    FORWARDED;

    private final String fieldName = name().toLowerCase(Locale.ROOT).replace('_', '-');

    String fieldName() {
        return fieldName;
    }
}
