package dev.twelvefactor.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The environment as the kernel has it. The JVM decodes it in the locale's charset, and a container has no locale: then every character beyond
 * ASCII is lost, from a password too.
 */
final class KernelEnvironment {
    private static final Path FILE = Path.of("/proc/self/environ");

    private KernelEnvironment() {}

    /** The variables, with what was lost read again as UTF-8; as they were where there is no such file. */
    static Map<String, String> mend(Map<String, String> variables) {
        Map<String, String> mended = new LinkedHashMap<>(variables);
        try {
            String all = new String(Files.readAllBytes(FILE), StandardCharsets.UTF_8);
            for (String entry : all.split("\0", -1)) {
                int equals = entry.indexOf('=', 1);
                if (equals > 0) {
                    mended.replace(entry.substring(0, equals), entry.substring(equals + 1));
                }
            }
        } catch (IOException e) {
            return variables;
        }
        return mended;
    }
}
