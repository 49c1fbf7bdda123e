package dev.twelvefactor.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A submitted form with files, one part after the other, as it comes; no more than a piece of it is in memory.
 *
 * <pre>{@code
 * Multipart form = request.multipart();
 * for (var part = form.next(); part.isPresent(); part = form.next()) {
 *     part.get().stream()…
 * }
 * }</pre>
 *
 * <p>What does not follow the standard is 400, and a form of more than 1,000 parts 413.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7578">RFC 7578</a>
 */
public final class Multipart {
    private static final int PIECE = 16 * 1024;
    private static final int MAX_PARTS = 1000;
    private static final int MAX_HEAD = 8 * 1024;
    private static final int MAX_TEXT = 64 * 1024;
    /** RFC 2046, 5.1.1. */
    private static final int MAX_BOUNDARY = 70;

    private static final int MAX_TYPE_LENGTH = 1024;

    private static final String EXTENDED_CHARSET = "utf-8'";

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[PIECE];
    private int position;
    private int limit;
    private boolean inputEnded;
    /** Up to here, what is in the buffer belongs to the part, and no delimiter begins before it. */
    private int safe;

    private int parts;
    private @Nullable Part current;

    private Multipart(InputStream in, String boundary) {
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // The first delimiter stands at the beginning, without the end of a line before it.
        buffer[0] = '\r';
        buffer[1] = '\n';
        limit = 2;
    }

    static Multipart of(String contentType, InputStream in) {
        return boundary(contentType)
                .map(boundary -> new Multipart(in, boundary))
                .orElseThrow(
                        () -> new HttpException(415, "A form is expected: multipart/form-data, with its boundary."));
    }

    private static Optional<String> boundary(String contentType) {
        int semicolon = contentType.indexOf(';');
        if (semicolon < 0
                || contentType.length() > MAX_TYPE_LENGTH
                || !contentType.substring(0, semicolon).strip().equalsIgnoreCase("multipart/form-data")) {
            return Optional.empty();
        }
        List<String> boundaries = HeaderParameters.parse(contentType.substring(semicolon + 1)).stream()
                .filter(elements -> elements.size() == 1)
                .flatMap(elements -> elements.get(0).stream())
                .filter(parameter -> parameter.getKey().equals("boundary"))
                .map(parameter -> HeaderParameters.unescaped(parameter.getValue()))
                .toList();
        // With two of them, a proxy may have taken the other.
        return boundaries.size() == 1
                        && !boundaries.get(0).isEmpty()
                        && boundaries.get(0).length() <= MAX_BOUNDARY
                ? Optional.of(boundaries.get(0))
                : Optional.empty();
    }

    /** The next part; what was not read of the one before is passed over. Empty at the end. */
    public Optional<Part> next() throws IOException {
        Part before = current;
        if (before == null && parts > 0) {
            return Optional.empty();
        }
        if (before != null) {
            passOver();
        } else if (remaining() != 0) {
            throw malformed("does not begin with its boundary");
        }
        position += delimiter.length;
        String line = line();
        if (line.equals("--")) {
            current = null;
            parts = Math.max(1, parts);
            in.transferTo(OutputStream.nullOutputStream());
            return Optional.empty();
        }
        if (!line.isEmpty()) {
            throw malformed("has something behind a boundary");
        }
        if (++parts > MAX_PARTS) {
            throw new HttpException(413, "The form has more than " + MAX_PARTS + " parts.");
        }
        Part part = new Part(fields());
        current = part;
        safe = position;
        return Optional.of(part);
    }

    private void passOver() throws IOException {
        for (int some = remaining(); some > 0; some = remaining()) {
            position += some;
        }
    }

    private static HttpException malformed(String what) {
        return new HttpException(400, "The form " + what + ".");
    }

    private static String decoded(String extended) {
        // RFC 8187, 3.2: the charset, a language, the name.
        int quote = extended.indexOf('\'', EXTENDED_CHARSET.length());
        return Optional.of(extended)
                .filter(value -> quote > 0
                        && value.regionMatches(true, 0, EXTENDED_CHARSET, 0, EXTENDED_CHARSET.length())
                        && isExtended(value, quote + 1))
                .flatMap(value -> PercentEncoding.decoded(value.substring(quote + 1)))
                .filter(name -> name.indexOf(PercentEncoding.REPLACEMENT) < 0
                        && name.chars().noneMatch(Character::isISOControl))
                .orElseThrow(() -> malformed("has a part whose filename* is not UTF-8''name with percent-encoding"));
    }

    /** Whether all of it may stand in such a name without quotes. */
    private static boolean isExtended(String value, int start) {
        for (int i = start; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!Grammar.isToken(c) || c == '*' || c == '\'') {
                return false;
            }
        }
        return true;
    }

    private Map<String, String> fields() throws IOException {
        Map<String, String> fields = new HashMap<>();
        int size = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            size += line.length();
            int colon = line.indexOf(':');
            if (size > MAX_HEAD || colon < 1 || !line.chars().limit(colon).allMatch(Grammar::isToken)) {
                throw malformed("has a part whose head is too long, or none");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            if (fields.put(name, line.substring(colon + 1).strip()) != null) {
                throw malformed("has a part with two fields " + name);
            }
        }
        return fields;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        do {
            int end = position;
            while (end < limit && Grammar.VALUE[buffer[end] & 0xff]) {
                end++;
            }
            if (line.size() + end - position > MAX_HEAD) {
                throw malformed("has a part whose head is too long, or none");
            }
            line.write(buffer, position, end - position);
            position = end;
        } while (position == limit && more());
        String text = line.toString(StandardCharsets.UTF_8);
        int b = oneByte();
        if (b < 0 && text.equals("--")) {
            return text;
        }
        if (b != '\r') {
            throw malformed(b < 0 ? "breaks off" : "has a part whose head is too long, or none");
        }
        if (oneByte() != '\n') {
            throw malformed("has a line that does not end with CR LF");
        }
        return text;
    }

    private int oneByte() throws IOException {
        if (position == limit && !more()) {
            return -1;
        }
        return buffer[position++] & 0xff;
    }

    /** How many bytes of the part are here; 0 at its end. */
    private int remaining() throws IOException {
        while (safe <= position) {
            int found = indexOfDelimiter();
            if (found >= 0) {
                safe = found;
                return found - position;
            }
            // A delimiter may begin in the last bytes and go on behind them.
            safe = Math.max(position, limit - delimiter.length + 1);
            if (safe == position && !more()) {
                throw malformed("breaks off");
            }
        }
        return safe - position;
    }

    private int indexOfDelimiter() {
        for (int i = position; i <= limit - delimiter.length; i++) {
            if (buffer[i] == '\r' && Arrays.equals(buffer, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
                return i;
            }
        }
        return -1;
    }

    private boolean more() throws IOException {
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            safe -= position;
            position = 0;
        }
        int read = inputEnded ? -1 : in.read(buffer, limit, buffer.length - limit);
        inputEnded = read < 0;
        limit += Math.max(0, read);
        return read > 0;
    }

    /** One field, or one file, of the form. */
    public final class Part {
        private final Map<String, String> fields;
        private final Map<String, String> parameters = new HashMap<>();
        private final InputStream stream = new PartStream(this);
        private final @Nullable String fileName;

        private Part(Map<String, String> fields) {
            this.fields = fields;
            String disposition = fields.getOrDefault("content-disposition", "");
            if (!disposition.regionMatches(true, 0, "form-data", 0, "form-data".length())) {
                throw malformed("has a part that is not form-data");
            }
            int semicolon = disposition.indexOf(';');
            List<List<Map.Entry<String, String>>> elements =
                    HeaderParameters.parse(disposition.substring(semicolon + 1)).orElse(List.of());
            if (elements.size() != 1
                    || !disposition.substring(0, Math.max(0, semicolon)).strip().equalsIgnoreCase("form-data")) {
                throw malformed("has a part without a name");
            }
            for (Map.Entry<String, String> parameter : elements.get(0)) {
                // Of old, only these two were escaped, and the names of files had backslashes.
                String value = HeaderParameters.unescaped(parameter.getValue(), c -> c == '"' || c == '\\');
                if (parameters.put(parameter.getKey(), value) != null) {
                    throw malformed("has a part that says " + parameter.getKey() + " twice");
                }
            }
            if (!parameters.containsKey("name")) {
                throw malformed("has a part without a name");
            }
            String extended = parameters.get("filename*");
            fileName = extended == null ? parameters.get("filename") : decoded(extended);
        }

        /** The name of the form's field. */
        public String name() {
            return Objects.requireNonNull(parameters.get("name"));
        }

        /**
         * What the client calls the file, without directories; empty for a field that is no file. Not a name to store something under. If the client
         * has sent {@code filename*} (RFC 6266, 4.3), that is the name: RFC 7578 has no such parameter, but some clients send names beyond ASCII there,
         * and {@code filename} beside it in a form that only stands in for it, or not at all.
         */
        public Optional<String> fileName() {
            return Optional.ofNullable(fileName)
                    .map(name -> name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1));
        }

        /** The media type that the client gives it; {@code text/plain} where it says nothing. */
        public String contentType() {
            return fields.getOrDefault("content-type", "text/plain");
        }

        /** What is in it, to be read before the next part is asked for. */
        public InputStream stream() {
            return stream;
        }

        /** What is in it, as UTF-8 text of at most 64 KiB; more is 413. */
        public String text() throws IOException {
            byte[] bytes = stream.readNBytes(MAX_TEXT + 1);
            if (bytes.length > MAX_TEXT) {
                throw new HttpException(413, "The field " + name() + " is larger than " + MAX_TEXT + " bytes.");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private final class PartStream extends InputStream {
        private final Part part;

        PartStream(Part part) {
            this.part = part;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            checkCurrent();
            int some = Math.min(length, remaining());
            if (some == 0) {
                return length == 0 ? 0 : -1;
            }
            System.arraycopy(buffer, position, target, offset, some);
            position += some;
            return some;
        }

        private void checkCurrent() {
            if (current != part) {
                throw new IllegalStateException("this part was passed over; read it before the next one");
            }
        }

        @Override
        public byte[] readAllBytes() throws IOException {
            return readNBytes(Integer.MAX_VALUE);
        }

        /** The JDK's takes 16 KiB of memory for a field of one byte, and a form may have 1,000 of them. */
        @Override
        public byte[] readNBytes(int length) throws IOException {
            if (length < 0) {
                throw new IllegalArgumentException("cannot read " + length + " bytes");
            }
            checkCurrent();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            while (bytes.size() < length) {
                int taken = Math.min(remaining(), length - bytes.size());
                if (taken == 0) {
                    break;
                }
                bytes.write(buffer, position, taken);
                position += taken;
            }
            return bytes.toByteArray();
        }
    }
}
