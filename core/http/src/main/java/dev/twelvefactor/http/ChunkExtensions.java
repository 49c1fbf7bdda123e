package dev.twelvefactor.http;

import org.jspecify.annotations.Nullable;

/** The extensions of chunks, byte by byte: they are checked, and then ignored, as everybody has to who does not know them (RFC 9112, 7.1.1). */
final class ChunkExtensions {
    /** Of all chunks of one request. */
    private static final int MAX_BYTES = 4096;

    private enum State {
        BEFORE_NAME,
        NAME,
        AFTER_NAME,
        BEFORE_VALUE,
        VALUE,
        QUOTED,
        ESCAPED,
        AFTER_QUOTED,
        BEFORE_SEMICOLON
    }

    private State state = State.BEFORE_SEMICOLON;
    private int bytes;

    /** For the next request. */
    void restart() {
        bytes = 0;
    }

    /** For the next chunk, whose size has come. */
    void begin() {
        state = State.BEFORE_SEMICOLON;
    }

    /** Whether a byte may stand here. */
    boolean take(int b) {
        State next = ++bytes > MAX_BYTES ? null : next(b);
        state = next == null ? state : next;
        return next != null;
    }

    /** Whether the line may end here: blanks stand only before what follows them. */
    boolean mayEnd() {
        return state == State.NAME || state == State.VALUE || state == State.AFTER_QUOTED;
    }

    private @Nullable State next(int b) {
        return switch (state) {
            case BEFORE_NAME -> isBlank(b) ? state : Grammar.isToken(b) ? State.NAME : null;
            case NAME ->
                Grammar.isToken(b) ? state : b == '=' ? State.BEFORE_VALUE : beforeSemicolon(b, State.AFTER_NAME);
            case AFTER_NAME -> b == '=' ? State.BEFORE_VALUE : beforeSemicolon(b, state);
            case BEFORE_VALUE -> isBlank(b) ? state : b == '"' ? State.QUOTED : Grammar.isToken(b) ? State.VALUE : null;
            case VALUE -> Grammar.isToken(b) ? state : beforeSemicolon(b, State.BEFORE_SEMICOLON);
            case QUOTED -> b == '"' ? State.AFTER_QUOTED : b == '\\' ? State.ESCAPED : Grammar.VALUE[b] ? state : null;
            case ESCAPED -> Grammar.VALUE[b] ? State.QUOTED : null;
            case AFTER_QUOTED, BEFORE_SEMICOLON -> beforeSemicolon(b, State.BEFORE_SEMICOLON);
        };
    }

    private static @Nullable State beforeSemicolon(int b, State behindBlank) {
        return b == ';' ? State.BEFORE_NAME : isBlank(b) ? behindBlank : null;
    }

    private static boolean isBlank(int b) {
        return b == ' ' || b == '\t';
    }
}
