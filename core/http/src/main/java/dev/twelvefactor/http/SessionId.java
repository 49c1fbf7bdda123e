package dev.twelvefactor.http;

import java.security.SecureRandom;
import java.util.Base64;

/** Opaque ids that nobody guesses: 256 random bits. */
final class SessionId {
    private static final int BYTES = 32;

    private static final class Holder {
        static final SecureRandom RANDOM = new SecureRandom();
    }

    private SessionId() {}

    static String random() {
        byte[] bytes = new byte[BYTES];
        Holder.RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Whether a cookie's value can be one of ours; anything else never gets near the store. */
    static boolean isOne(String text) {
        return text.length() == 43 && text.matches("[A-Za-z0-9_-]+");
    }
}
