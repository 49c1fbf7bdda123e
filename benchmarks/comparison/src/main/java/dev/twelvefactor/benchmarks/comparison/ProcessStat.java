package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Linux tells of a process (proc(5)). */
final class ProcessStat {
    /** USER_HZ: 100 on every architecture that a JDK runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private ProcessStat() {}

    static double cpuSeconds(long pid) throws IOException {
        return cpuSeconds(Files.readString(Path.of("/proc/" + pid + "/stat")));
    }

    /** User and system time out of {@code /proc/PID/stat}. */
    static double cpuSeconds(String stat) {
        // The command's name stands in parentheses, and may hold any of them and blanks.
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / TICKS_PER_SECOND;
    }

    static double residentBytes(long pid) throws IOException {
        return residentBytes(Files.readString(Path.of("/proc/" + pid + "/status")));
    }

    /** The resident memory out of {@code /proc/PID/status}. */
    static double residentBytes(String status) {
        return status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .asDoubleStream()
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no VmRSS in " + status));
    }
}
