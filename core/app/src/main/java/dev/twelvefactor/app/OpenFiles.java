package dev.twelvefactor.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How many files the process may open. A connection is one, so the limit has to be larger than {@code HTTP_MAX_CONNECTIONS}. */
final class OpenFiles {
    /** For jars, the log, services and the files of the app. */
    static final long RESERVE = 256;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";

    private OpenFiles() {}

    /** The limit of this process; empty where the system does not say, or has none. */
    static OptionalLong limit() {
        try {
            return limit(Files.readAllLines(LIMITS));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong limit(List<String> lines) {
        for (String line : lines) {
            if (line.startsWith(LINE)) {
                String soft = line.substring(LINE.length()).strip().split(" +", 2)[0];
                return soft.equals("unlimited") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(soft));
            }
        }
        return OptionalLong.empty();
    }

    /** What is wrong if so many connections do not fit into the limit. */
    static Optional<String> problem(int maxConnections, OptionalLong limit) {
        long needed = maxConnections + RESERVE;
        if (limit.isEmpty() || limit.getAsLong() >= needed) {
            return Optional.empty();
        }
        long fitting = limit.getAsLong() - RESERVE;
        return Optional.of("the process may open " + limit.getAsLong() + " files, too few for HTTP_MAX_CONNECTIONS="
                + maxConnections + "; raise the limit to " + needed + " (ulimit -n, LimitNOFILE)"
                + (fitting > 0 ? " or set HTTP_MAX_CONNECTIONS=" + fitting : ""));
    }
}
