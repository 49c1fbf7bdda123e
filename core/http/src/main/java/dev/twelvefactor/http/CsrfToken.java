package dev.twelvefactor.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The token of a session's forms. It follows from the session's id, so that there is one for each id however many requests ask at once, and nothing to
 * store. A page that shows the token does not reveal the id.
 */
final class CsrfToken {
    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] LABEL = "twelvefactor csrf token".getBytes(StandardCharsets.US_ASCII);

    private CsrfToken() {}

    static String of(String sessionId) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(sessionId.getBytes(StandardCharsets.US_ASCII), ALGORITHM));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(LABEL));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    static boolean matches(String sessionId, String token) {
        return MessageDigest.isEqual(
                of(sessionId).getBytes(StandardCharsets.US_ASCII), token.getBytes(StandardCharsets.UTF_8));
    }
}
