package dev.twelvefactor.config;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits a service URL by hand: {@link java.net.URI} gives no host for {@code my_db}, for several hosts or for a socket's path. */
final class ServiceUrlParser {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://");
    private static final Pattern JDBC = Pattern.compile("jdbc:[A-Za-z][A-Za-z0-9+.-]*:");
    private static final String ENCODE = "percent-encode / : @ ? # [ ] and % in the user and the password (@ is %40)";

    private ServiceUrlParser() {}

    static ServiceUrl.Parts parse(String given) {
        String text = given.strip();
        if (text.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw refused("has white space or a control character in it; percent-encode it (a blank is %20)");
        }
        if (JDBC.matcher(text).lookingAt()) {
            return ServiceUrl.Parts.ofJdbc(text);
        }
        Matcher scheme = SCHEME.matcher(text);
        if (!scheme.lookingAt()) {
            throw refused("does not begin with a scheme; write " + ServiceUrl.FORM);
        }
        if (text.chars().anyMatch(c -> c == 0xFFFD) || text.codePoints().anyMatch(ServiceUrlParser::isSurrogate)) {
            throw refused(
                    "has a character that is not readable in this locale; set LC_ALL=C.UTF-8, or percent-encode it");
        }
        if (text.indexOf('#') >= 0) {
            throw refused("has a # in it; write it as %23");
        }
        int start = scheme.end();
        int query = orEnd(text, text.indexOf('?', start));
        int slash = text.indexOf('/', start);
        int authorityEnd = slash >= 0 && slash < query ? slash : query;
        String authority = text.substring(start, authorityEnd);
        List<String> segments = authorityEnd < query ? segments(text.substring(authorityEnd + 1, query)) : List.of();
        int at = authority.indexOf('@');
        if (at < 0 && text.indexOf('@', authorityEnd) >= 0) {
            // Else "user:12/34rest@host" would be the host "user" with the port 12, and the rest of the password a path
            // for all to see.
            throw refused(
                    "has an @ behind the first / or ?, and none before; " + ENCODE + ", and an @ elsewhere as %40");
        }
        if (at != authority.lastIndexOf('@')) {
            throw refused("has more than one @ before the path; " + ENCODE);
        }
        Optional<String> userInfo = at < 0 ? Optional.empty() : Optional.of(authority.substring(0, at));
        return new ServiceUrl.Parts(
                scheme.group(1).toLowerCase(Locale.ROOT),
                userInfo.map(ServiceUrlParser::user),
                userInfo.flatMap(ServiceUrlParser::password),
                hosts(authority.substring(at + 1)),
                segments.isEmpty() ? Optional.empty() : Optional.of(String.join("/", segments)),
                segments,
                parameters(query < text.length() ? text.substring(query + 1) : ""),
                Optional.empty());
    }

    private static boolean isSurrogate(int codePoint) {
        return Character.getType(codePoint) == Character.SURROGATE;
    }

    private static String user(String userInfo) {
        return decoded(userInfo.substring(0, orEnd(userInfo, userInfo.indexOf(':'))), "user");
    }

    private static Optional<Secret> password(String userInfo) {
        int colon = userInfo.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(Secret.of(decoded(userInfo.substring(colon + 1), "password")));
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            segments.add(decoded(segment, "path"));
        }
        return List.copyOf(segments);
    }

    private static List<ServiceUrl.Host> hosts(String text) {
        List<ServiceUrl.Host> hosts = new ArrayList<>();
        if (!text.isEmpty()) {
            for (String host : text.split(",", -1)) {
                hosts.add(host(host));
            }
        }
        return List.copyOf(hosts);
    }

    private static ServiceUrl.Host host(String text) {
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            if (close < 0) {
                throw refused("has a [ that no ] closes; write an IPv6 address as [2001:db8::1]");
            }
            String rest = text.substring(close + 1);
            if (close == 1 || !(rest.isEmpty() || rest.startsWith(":"))) {
                throw refused(
                        "has a host that is not an address in brackets; write [2001:db8::1] or [2001:db8::1]:5432");
            }
            return new ServiceUrl.Host(decoded(text.substring(1, close), "host"), port(rest));
        }
        int colon = orEnd(text, text.indexOf(':'));
        if (colon == 0) {
            throw refused("has a host without a name; write host:port, with commas between several");
        }
        return new ServiceUrl.Host(decoded(text.substring(0, colon), "host"), port(text.substring(colon)));
    }

    private static Optional<Integer> port(String withColon) {
        if (withColon.length() <= 1) {
            return Optional.empty();
        }
        String digits = withColon.substring(1);
        // Never shown: behind an unencoded slash in a password, what looks like the port is the password's beginning.
        if (!digits.matches("\\d{1,5}") || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > 65535) {
            throw refused("has a port that is not a number from 1 to 65535; write IPv6 in brackets, and " + ENCODE);
        }
        return Optional.of(Integer.valueOf(digits));
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            if (equals < 1 || equals != parameter.lastIndexOf('=')) {
                throw refused("has a parameter that is not name=value; write & as %26 and = as %3D in a value");
            }
            String name = decoded(parameter.substring(0, equals), "parameter's name");
            if (parameters.put(name, decoded(parameter.substring(equals + 1), "parameter")) != null) {
                throw refused("has a parameter twice, " + Shown.plain(name) + "; write it once");
            }
        }
        return Collections.unmodifiableMap(parameters);
    }

    private static String decoded(String text, String what) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            if (c != '%') {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(c);
                continue;
            }
            int high = i + 2 < text.length() ? hexDigit(text.charAt(i + 1)) : -1;
            int low = i + 2 < text.length() ? hexDigit(text.charAt(i + 2)) : -1;
            if (high < 0 || low < 0) {
                throw refused("has a % in its " + what + " without two hexadecimal digits behind it; write % as %25");
            }
            if (high == 0 && low == 0) {
                throw refused("has %00 in its " + what + ", which no service takes");
            }
            bytes.write(high * 16 + low);
            i += 3;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refused("has percent-encoded bytes in its " + what + " that are not UTF-8");
        }
    }

    /** Of ASCII alone: {@link Character#digit} knows those of every script. */
    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private static int orEnd(String text, int index) {
        return index < 0 ? text.length() : index;
    }

    private static IllegalArgumentException refused(String why) {
        return new IllegalArgumentException(why);
    }
}
