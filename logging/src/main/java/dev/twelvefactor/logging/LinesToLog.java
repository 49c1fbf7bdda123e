package dev.twelvefactor.logging;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;

/**
 * Whole lines become events. A line that is longer than {@value #MAX_LINE} bytes becomes several, cut between characters: each but the last has the field
 * {@code partial}.
 */
final class LinesToLog extends OutputStream {
    static final int MAX_LINE = 64 * 1024;
    /** The bytes of UTF-8 that may follow the first of a character. */
    private static final int MAX_CONTINUATION = 3;

    private final Logger log;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean continued;

    LinesToLog(Logger log) {
        this.log = log;
    }

    @Override
    public synchronized void write(int b) {
        if (b == '\n') {
            endLine();
        } else if (b != '\r') {
            // Only when there is more: the last piece must be known to be the last.
            if (line.size() >= MAX_LINE) {
                cut((byte) b);
            }
            line.write(b);
        }
    }

    synchronized void endLine() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (continued || !text.isBlank()) {
            continued = false;
            log.info("{}", text);
        }
    }

    /** Writes all but the character that the next byte belongs to. */
    private void cut(byte next) {
        byte[] bytes = line.toByteArray();
        int end = isContinuation(next) ? startOfLast(bytes) : bytes.length;
        line.reset();
        line.write(bytes, end, bytes.length - end);
        continued = true;
        log.atInfo().addKeyValue("partial", true).log("{}", new String(bytes, 0, end, StandardCharsets.UTF_8));
    }

    /** Where the last character begins; the end if these are no bytes of UTF-8. */
    private static int startOfLast(byte[] bytes) {
        for (int at = bytes.length - 1; at >= bytes.length - MAX_CONTINUATION; at--) {
            if (!isContinuation(bytes[at])) {
                return at;
            }
        }
        return bytes.length;
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }
}
