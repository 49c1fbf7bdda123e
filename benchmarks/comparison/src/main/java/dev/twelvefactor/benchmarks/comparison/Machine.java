package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the figures were taken on. */
final class Machine {
    private Machine() {}

    static Map<String, String> facts() throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("cpu", valueOf("model name", Path.of("/proc/cpuinfo")));
        facts.put("memory", gibibytes(valueOf("MemTotal", Path.of("/proc/meminfo"))));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        return facts;
    }

    private static String gibibytes(String kibibytes) {
        return Math.round(Long.parseLong(kibibytes.replaceAll("\\D", "")) / 1024.0 / 1024.0) + " GiB";
    }

    private static String valueOf(String key, Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("0");
    }
}
