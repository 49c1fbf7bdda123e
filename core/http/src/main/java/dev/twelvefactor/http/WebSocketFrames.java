package dev.twelvefactor.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a client sends on a WebSocket: from bytes to messages and control frames. It rejects what RFC 6455 forbids and never holds more than one message of
 * the largest size, whatever length a frame announces. It does no I/O and belongs to one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-5">RFC 6455, 5</a>
 */
final class WebSocketFrames {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int MAX_CONTROL = 125;
    private static final int MAX_HEADER = 14;
    private static final int MASK_BYTES = 4;
    private static final int FIRST_PIECE = 16 * 1024;
    private static final byte[] NOTHING = {};

    private final int maxMessage;
    private final IntPredicate reserve;

    private final byte[] header = new byte[MAX_HEADER];
    private int headerFilled;
    private boolean inPayload;
    private boolean last;
    private int opcode;
    private long left;
    private final byte[] mask = new byte[MASK_BYTES];
    private int maskAt;

    private final byte[] control = new byte[MAX_CONTROL];
    private int controlFilled;
    /** {@link #TEXT} or {@link #BINARY} while a message is being read, else 0. */
    private int messageOpcode;

    private byte[] message = NOTHING;
    private int messageFilled;
    private boolean discarding;

    /**
     * A reader of one connection.
     *
     * @param maxMessage the largest message, in bytes
     * @param reserve makes room for so many bytes of a message, or says that there is none; {@link #takeReserved} gives unused ones back
     */
    WebSocketFrames(int maxMessage, IntPredicate reserve) {
        this.maxMessage = maxMessage;
        this.reserve = reserve;
    }

    /** The next event, or null once all of {@code in} has been read. After a violation with 1002 nothing more can be read. */
    @Nullable
    WebSocketEvent next(ByteBuffer in) {
        while (true) {
            if (!inPayload) {
                if (!readHeader(in)) {
                    return null;
                }
                WebSocketEvent violation = beginFrame();
                if (violation != null) {
                    return violation;
                }
            }
            WebSocketEvent noRoom = readPayload(in);
            if (noRoom != null || left > 0) {
                return noRoom;
            }
            inPayload = false;
            headerFilled = 0;
            WebSocketEvent event = opcode >= CLOSE ? controlFrame() : dataFrame();
            if (event != null) {
                return event;
            }
        }
    }

    /** From here on only control frames count: the connection is being closed. */
    void discardMessages() {
        discarding = true;
    }

    /** Whether a part of a message has come, but not all of it. */
    boolean inMessage() {
        return messageFilled > 0;
    }

    /** What was reserved for the message that is being read, which is dropped. */
    int takeReserved() {
        int reserved = message.length;
        message = NOTHING;
        messageFilled = 0;
        return reserved;
    }

    private boolean readHeader(ByteBuffer in) {
        while (headerFilled < headerLength()) {
            if (!in.hasRemaining()) {
                return false;
            }
            header[headerFilled++] = in.get();
        }
        return true;
    }

    private int headerLength() {
        if (headerFilled < 2) {
            return 2;
        }
        int length = header[1] & 0x7f;
        int extended = length == 126 ? 2 : length == 127 ? 8 : 0;
        return 2 + extended + ((header[1] & 0x80) == 0 ? 0 : MASK_BYTES);
    }

    private @Nullable WebSocketEvent beginFrame() {
        last = (header[0] & 0x80) != 0;
        opcode = header[0] & 0x0f;
        if ((header[0] & 0x70) != 0) {
            return protocolError("a reserved bit is set, and no extension was negotiated");
        }
        if ((header[1] & 0x80) == 0) {
            return protocolError("a frame from the client must be masked");
        }
        int shortLength = header[1] & 0x7f;
        long length = payloadLength(shortLength);
        // The minimal number of bytes encodes the length, and its highest bit is 0 (RFC 6455, 5.2).
        if (length < 0 || (shortLength == 126 && length < 126) || (shortLength == 127 && length < 1 << 16)) {
            return protocolError("the length of a frame is not in its shortest form");
        }
        System.arraycopy(header, headerFilled - MASK_BYTES, mask, 0, MASK_BYTES);
        maskAt = 0;
        left = length;
        inPayload = true;
        return opcode >= CLOSE ? checkControl(length) : checkData(length);
    }

    private long payloadLength(int shortLength) {
        return switch (shortLength) {
            case 126 -> ByteBuffer.wrap(header).getShort(2) & 0xffff;
            case 127 -> ByteBuffer.wrap(header).getLong(2);
            default -> shortLength;
        };
    }

    private @Nullable WebSocketEvent checkControl(long length) {
        if (opcode > PONG) {
            return protocolError("unknown opcode " + opcode);
        }
        if (!last || length > MAX_CONTROL) {
            return protocolError("a control frame must not be fragmented, and has at most 125 bytes");
        }
        controlFilled = 0;
        return null;
    }

    private @Nullable WebSocketEvent checkData(long length) {
        if (opcode > BINARY) {
            return protocolError("unknown opcode " + opcode);
        }
        if ((opcode == 0) != (messageOpcode != 0)) {
            return protocolError(
                    opcode == 0
                            ? "a continuation frame without a message"
                            : "a new message before the end of the last one");
        }
        if (opcode != 0) {
            messageOpcode = opcode;
        }
        if (!discarding && length > maxMessage - messageFilled) {
            return new WebSocketEvent.Violation(1009, "a message has at most " + maxMessage + " bytes");
        }
        return null;
    }

    private static WebSocketEvent protocolError(String reason) {
        return new WebSocketEvent.Violation(1002, reason);
    }

    private @Nullable WebSocketEvent readPayload(ByteBuffer in) {
        int some = (int) Math.min(in.remaining(), left);
        if (opcode >= CLOSE) {
            unmask(in, some, control, controlFilled);
            controlFilled += some;
        } else if (discarding) {
            in.position(in.position() + some);
        } else {
            if (!hasRoom(messageFilled + some)) {
                return new WebSocketEvent.Violation(1013, "no room for the message at the moment");
            }
            unmask(in, some, message, messageFilled);
            messageFilled += some;
        }
        left -= some;
        return null;
    }

    private void unmask(ByteBuffer in, int some, byte[] target, int start) {
        in.get(target, start, some);
        for (int i = start; i < start + some; i++) {
            target[i] ^= mask[maskAt];
            maskAt = (maskAt + 1) & 3;
        }
    }

    /** Grows with what has come, not with what was announced. */
    private boolean hasRoom(int wanted) {
        if (wanted <= message.length) {
            return true;
        }
        boolean unfragmented = last && opcode != 0;
        int most = unfragmented ? (int) (messageFilled + left) : maxMessage;
        int size = Math.max(wanted, (int) Math.min(most, Math.max(FIRST_PIECE, message.length * 2L)));
        if (!reserve.test(size - message.length)) {
            return false;
        }
        message = Arrays.copyOf(message, size);
        return true;
    }

    private WebSocketEvent controlFrame() {
        byte[] payload = Arrays.copyOf(control, controlFilled);
        return switch (opcode) {
            case PING -> new WebSocketEvent.Ping(payload);
            case PONG -> new WebSocketEvent.Pong();
            default -> closeFrame(payload);
        };
    }

    private static WebSocketEvent closeFrame(byte[] payload) {
        if (payload.length == 0) {
            return new WebSocketEvent.Close(WebSocket.NO_CODE, "");
        }
        if (payload.length == 1) {
            return protocolError("a close frame has a code of two bytes, or nothing");
        }
        int code = ByteBuffer.wrap(payload).getShort() & 0xffff;
        if (!isSendable(code)) {
            return protocolError("a close frame must not have the code " + code);
        }
        try {
            return new WebSocketEvent.Close(code, utf8(payload, 2, payload.length - 2));
        } catch (CharacterCodingException e) {
            return new WebSocketEvent.Violation(1007, "the reason of a close frame is not UTF-8");
        }
    }

    /** Whether a close frame may have this code (RFC 6455, 7.4, and IANA's registry). */
    static boolean isSendable(int code) {
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    }

    private @Nullable WebSocketEvent dataFrame() {
        if (!last) {
            return null;
        }
        boolean text = messageOpcode == TEXT;
        messageOpcode = 0;
        if (discarding) {
            return null;
        }
        int filled = messageFilled;
        byte[] bytes = message;
        if (text) {
            try {
                String decoded = utf8(bytes, 0, filled);
                return new WebSocketEvent.Data(new WebSocket.Text(decoded), takeReserved());
            } catch (CharacterCodingException e) {
                return new WebSocketEvent.Violation(1007, "a text message is not UTF-8");
            }
        }
        int reserved = takeReserved();
        return new WebSocketEvent.Data(
                new WebSocket.Binary(filled == bytes.length ? bytes : Arrays.copyOf(bytes, filled)), reserved);
    }

    private static String utf8(byte[] bytes, int start, int length) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, start, length))
                .toString();
    }
}
