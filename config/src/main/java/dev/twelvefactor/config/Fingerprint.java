package dev.twelvefactor.config;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What tells two configurations apart without telling anything of them: the same values, the same digest; another value, another digest.
 *
 * <p>The digest is keyed with the secrets of the configuration, all of them together: who wants to confirm a guess of one value has to know them all. Where these are
 * too short for that, fewer than {@value #ENOUGH} characters in all, they are left out, and the digest tells of everything else alone.
 *
 * @param digest twelve hexadecimal digits (48 bits of SHA-256)
 * @param covered the names of the variables whose values count
 * @param withoutSecrets those of them whose secrets are left out, since a digest could not hide them
 */
public record Fingerprint(String digest, List<String> covered, List<String> withoutSecrets) {
    private static final int ENOUGH = 16;
    private static final int BYTES = 6;

    /**
     * A value on its way into a digest.
     *
     * @param whole the text, secrets included
     * @param shown the text without its secrets
     * @param secret the secrets in it; empty if there are none
     */
    record Value(String whole, String shown, String secret) {}

    static Fingerprint of(Map<String, Value> values) {
        Map<String, Value> sorted = new TreeMap<>(values);
        int secrets = sorted.values().stream()
                .mapToInt(value -> value.secret().length())
                .sum();
        boolean hidden = secrets >= ENOUGH;
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        sorted.forEach((name, value) -> {
            if (hidden) {
                add(key, value.secret());
            }
            add(text, name);
            add(text, hidden ? value.whole() : value.shown());
        });
        return new Fingerprint(
                digest(key.toByteArray(), text.toByteArray()),
                List.copyOf(sorted.keySet()),
                hidden
                        ? List.of()
                        : sorted.entrySet().stream()
                                .filter(entry -> !entry.getValue().secret().isEmpty())
                                .map(Map.Entry::getKey)
                                .toList());
    }

    /** With its length in front: no two lists of texts are the same bytes. */
    private static void add(ByteArrayOutputStream bytes, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        bytes.writeBytes(
                ByteBuffer.allocate(Integer.BYTES).putInt(encoded.length).array());
        bytes.writeBytes(encoded);
    }

    private static String digest(byte[] key, byte[] text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] keyed = sha256.digest(key);
            sha256.update(keyed);
            return HexFormat.of().formatHex(sha256.digest(text), 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
