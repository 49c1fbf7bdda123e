package dev.twelvefactor.http;

import java.util.List;
import java.util.Optional;

/**
 * The items of a header field that is a list, the last one first, over all of its lines. The nearest proxy has added the last item; what stands before it may
 * come from the client, so no more of it is read than is asked for.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1">RFC 9110, 5.6.1</a>
 */
final class ListFromEnd {
    /** In characters; no address, host or element of {@code Forwarded} comes near it. */
    static final int MAX_ITEM_LENGTH = 1024;

    private static final int NONE = -1;

    private final List<String> lines;
    /** How many of the lines have not been begun. */
    private int linesLeft;

    private String line = "";
    /** Where the part of the line ends that has not been read; {@link #NONE} if all of it has. */
    private int end = NONE;

    ListFromEnd(List<String> lines) {
        this.lines = lines;
        this.linesLeft = lines.size();
    }

    /** The item before the one that was given last. Empty if there is none, or if it is longer than {@link #MAX_ITEM_LENGTH}: nothing before it is given then. */
    Optional<String> next() {
        while (end != NONE || linesLeft > 0) {
            if (end == NONE) {
                line = lines.get(--linesLeft);
                end = line.length();
            }
            int comma = commaBefore(end);
            if (end - comma - 1 > MAX_ITEM_LENGTH) {
                linesLeft = 0;
                end = NONE;
                return Optional.empty();
            }
            String item = line.substring(comma + 1, end).strip();
            end = comma;
            if (!item.isEmpty()) {
                return Optional.of(item);
            }
        }
        return Optional.empty();
    }

    /** The comma before an item, which stands in no quoted string; {@link #NONE} if the line begins with the item. Looks no further than an item is long. */
    private int commaBefore(int itemEnd) {
        boolean quoted = false;
        int start = Math.max(0, itemEnd - MAX_ITEM_LENGTH - 1);
        for (int i = itemEnd - 1; i >= start; i--) {
            char c = line.charAt(i);
            if (c == '"' && !isEscaped(i, start)) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        return start - 1;
    }

    /** Whether an odd number of backslashes stands before it. */
    private boolean isEscaped(int quote, int start) {
        int i = quote;
        while (i > start && line.charAt(i - 1) == '\\') {
            i--;
        }
        return (quote - i) % 2 == 1;
    }
}
