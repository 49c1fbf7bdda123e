package dev.twelvefactor.http;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** UTF-8 in percent-encoding (RFC 3986, 2.1), in which a plus is a plus. */
final class PercentEncoding {
    /** What the decoder puts in the place of bytes that are not UTF-8. */
    static final char REPLACEMENT = '\uFFFD';

    private PercentEncoding() {}

    /** The text, with {@link #REPLACEMENT} for what is not UTF-8; empty if a percent sign is not followed by two hexadecimal digits. */
    static Optional<String> decoded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i];
            if (b == '%') {
                if (i + 2 >= bytes.length || !Grammar.isHex(bytes[i + 1]) || !Grammar.isHex(bytes[i + 2])) {
                    return Optional.empty();
                }
                b = Grammar.hexDigit(bytes[i + 1]) << 4 | Grammar.hexDigit(bytes[i + 2]);
                i += 2;
            }
            bytes[length++] = (byte) b;
        }
        return Optional.of(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }
}
