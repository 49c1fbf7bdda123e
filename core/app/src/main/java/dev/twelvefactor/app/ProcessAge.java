package dev.twelvefactor.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** How long ago this process was started, the JVM's own start included. The JDK's {@code startInstant} is wrong by up to a second on Linux. */
final class ProcessAge {
    /** What the kernel counts in for programs, on every architecture. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int START_TIME = 22;

    private ProcessAge() {}

    static Optional<Duration> now() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            // The second field is the program's name in brackets, with whatever is in it.
            String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            double started = Long.parseLong(behindName[START_TIME - 3]) / TICKS_PER_SECOND;
            double uptime =
                    Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
            return Optional.of(Duration.ofMillis(Math.round((uptime - started) * 1000)));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
