package dev.twelvefactor.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The environment as the kernel has it. The JVM decodes it in the locale's charset, and a container has no locale: then every character beyond
 * ASCII is lost, from a password too.
 *
 * @param variables the variables, decoded as UTF-8
 * @param undecodable the names of those whose bytes neither UTF-8 nor the locale can decode
 */
record KernelEnvironment(Map<String, String> variables, Set<String> undecodable) {
    private static final Path FILE = Path.of("/proc/self/environ");
    private static final char REPLACEMENT = '\uFFFD';

    /** Reads again what the JVM may have decoded wrongly; without such a file, the variables stay as the JVM has them. */
    static KernelEnvironment of(Map<String, String> variables) {
        if (variables.values().stream().allMatch(KernelEnvironment::isAscii)) {
            return new KernelEnvironment(variables, Set.of());
        }
        try {
            return of(variables, Files.readAllBytes(FILE));
        } catch (IOException e) {
            return new KernelEnvironment(variables, replaced(variables));
        }
    }

    /** @param environ entries such as {@code NAME=value}, each with a NUL after it */
    static KernelEnvironment of(Map<String, String> variables, byte[] environ) {
        Map<String, String> decoded = new HashMap<>(variables);
        Set<String> undecodable = replaced(variables);
        Set<String> seen = new HashSet<>();
        int start = 0;
        for (int end = 0; end < environ.length; end++) {
            if (environ[end] != 0) {
                continue;
            }
            String entry = new String(environ, start, end - start, StandardCharsets.ISO_8859_1);
            int equals = entry.indexOf('=', 1);
            String name = equals < 0 ? "" : entry.substring(0, equals);
            // Of two entries with one name, the JVM has the first as well.
            if (variables.containsKey(name) && seen.add(name)) {
                int value = start + equals + 1;
                // What only the locale's charset can decode stays as the JVM has it.
                utf8(ByteBuffer.wrap(environ, value, end - value)).ifPresent(text -> {
                    decoded.put(name, text);
                    undecodable.remove(name);
                });
            }
            start = end + 1;
        }
        return new KernelEnvironment(decoded, undecodable);
    }

    private static Optional<String> utf8(ByteBuffer bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    /** The names of the variables that the JVM could not decode. */
    private static Set<String> replaced(Map<String, String> variables) {
        Set<String> names = new HashSet<>();
        variables.forEach((name, text) -> {
            if (text.indexOf(REPLACEMENT) >= 0) {
                names.add(name);
            }
        });
        return names;
    }
}
