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
        if (key.codePoints().anyMatch(BlobKey::isForbidden)) {
            throw new IllegalArgumentException(
                    "a key has no control characters, no backslash, and nothing that is not a character in Unicode");
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

    /** S3 lists keys in XML 1.0, which has no such characters, and U+FFFD stands for one that was lost. */
    private static boolean isForbidden(int c) {
        boolean isNoncharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
        return c < ' '
                || c == 0x7f
                || c == '\\'
                || c == 0xFFFD
                || isNoncharacter
                || Character.getType(c) == Character.SURROGATE;
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
