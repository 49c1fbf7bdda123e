package dev.twelvefactor.backing.blob;

import java.nio.charset.StandardCharsets;

/** What all stores take as a key. */
final class BlobKey {
    private static final int LONGEST = 1024;
    private static final int LONGEST_SEGMENT = 255;

    private BlobKey() {}

    /** What the name of a file begins with while it is being written. */
    static final String UNFINISHED = ".unfinished-";

    /** Whether it is one. */
    static boolean isOne(String key) {
        try {
            return checked(key).equals(key);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The key, if it is one. */
    static String checked(String key) {
        if (key.isEmpty() || length(key) > LONGEST) {
            throw new IllegalArgumentException("a key has 1 to " + LONGEST + " bytes");
        }
        if (key.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == '\\' || c == 0xFFFD)
                || !key.equals(new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))) {
            throw new IllegalArgumentException("a key has no control characters and no backslash");
        }
        for (String segment : key.split("/", -1)) {
            if (segment.isEmpty()
                    || segment.equals(".")
                    || segment.equals("..")
                    || segment.startsWith(UNFINISHED)
                    || length(segment) > LONGEST_SEGMENT) {
                throw new IllegalArgumentException("a key has segments of 1 to " + LONGEST_SEGMENT
                        + " bytes with a slash between them, none of them ., .. or beginning with " + UNFINISHED);
            }
        }
        return key;
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
