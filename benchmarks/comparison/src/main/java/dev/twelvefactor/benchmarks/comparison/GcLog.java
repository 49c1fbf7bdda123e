package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM allocated, out of what its collections found and left ({@code -Xlog:gc}). */
final class GcLog {
    private static final Pattern COLLECTION = Pattern.compile("\\b(\\d+)([KMG])(?:\\([^)]*\\))?->(\\d+)([KMG])\\(");
    private static final String FULL = "Pause Full (Diagnostic Command)";

    private GcLog() {}

    /** Asks for a full collection, which is in the log when this returns. */
    static void collect(Jdk jdk, long pid) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        jdk.home().resolve("bin").resolve("jcmd").toString(), Long.toString(pid), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + pid + " GC.run ended with " + jcmd.exitValue());
        }
    }

    /** The bytes that were allocated between the last two full collections that were asked for. */
    static double allocatedBetweenLastTwo(Path log) throws IOException {
        return allocatedBetweenLastTwo(Files.readString(log));
    }

    static double allocatedBetweenLastTwo(String log) {
        int last = log.lastIndexOf(FULL);
        int first = log.lastIndexOf(FULL, last - 1);
        if (first < 0) {
            throw new IllegalArgumentException("fewer than two collections were asked for: " + log);
        }
        int end = log.indexOf('\n', last);
        Matcher collections = COLLECTION.matcher(log).region(first, end < 0 ? log.length() : end);
        double allocated = 0;
        long left = -1;
        while (collections.find()) {
            if (left >= 0) {
                allocated += bytes(collections.group(1), collections.group(2)) - left;
            }
            left = bytes(collections.group(3), collections.group(4));
        }
        return allocated;
    }

    private static long bytes(String number, String unit) {
        return Long.parseLong(number) << (10 * ("KMG".indexOf(unit) + 1));
    }
}
