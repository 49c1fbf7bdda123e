package dev.twelvefactor.http;

/**
 * The header fields in which the platform's proxies say who the client is. Only those that they write themselves may be believed: the others come through
 * them from the client, who can write there whatever it likes.
 */
public enum ProxyHeaders {
    /** {@code X-Forwarded-For}, {@code X-Forwarded-Proto} and {@code X-Forwarded-Host}: nearly all. */
    X_FORWARDED,
    /** {@code Forwarded} (RFC 7239). */
    FORWARDED
}
