package dev.twelvefactor.backing.blob;

import java.nio.charset.StandardCharsets;

/** What all stores take as a key. */
final class BlobKey {
    private static final int LONGEST = 1024;
    private static final int LONGEST_SEGMENT = 255;

    private BlobKey() {}

    /** The key, if it is one. */
    static String checked(String key) {
        if (key.isEmpty() || length(key) > LONGEST) {
            throw new IllegalArgumentException("a key has 1 to " + LONGEST + " bytes");
        }
        if (key.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == '\\' || c == 0xFFFD)) {
            throw new IllegalArgumentException("a key has no control characters and no backslash");
        }
        for (String segment : key.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..") || length(segment) > LONGEST_SEGMENT) {
                throw new IllegalArgumentException("a key has segments of 1 to " + LONGEST_SEGMENT
                        + " bytes with a slash between them, none of them . or ..");
            }
        }
        return key;
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
