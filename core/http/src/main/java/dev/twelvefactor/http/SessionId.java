package dev.twelvefactor.http;

import java.security.SecureRandom;
import java.util.Base64;

/** Opaque ids that nobody guesses: 256 random bits. */
final class SessionId {
    private static final int BYTES = 32;
    private static final int LENGTH = 43;

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
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-' && c != '_') {
                return false;
            }
        }
        return true;
    }
}
