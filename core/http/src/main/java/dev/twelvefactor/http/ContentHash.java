package dev.twelvefactor.http;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * What stands for a content in an entity tag: 128 bits of its SHA-256.
 *
 * @param length of the content, in bytes
 */
record ContentHash(String text, long length) {
    private static final int BYTES = 16;
    private static final int PIECE = 64 * 1024;

    /** Of what is read, which is at most {@code maxLength} bytes. */
    static ContentHash of(InputStream in, long maxLength) throws IOException {
        MessageDigest digest = digest();
        byte[] piece = new byte[(int) Math.max(1, Math.min(PIECE, maxLength))];
        long length = 0;
        while (length < maxLength) {
            int read = in.read(piece, 0, (int) Math.min(piece.length, maxLength - length));
            if (read < 0) {
                break;
            }
            digest.update(piece, 0, read);
            length += read;
        }
        return new ContentHash(text(digest), length);
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String text(MessageDigest digest) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest.digest(), BYTES));
    }
}
