package dev.twelvefactor.logging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person looks at stdout. */
public final class Terminal {
    private static final Path STDOUT = Path.of("/proc/self/fd/1");

    private Terminal() {}

    /** True on a terminal; false in a pipe, a file, or where nothing can tell. */
    public static boolean isStdout() {
        try {
            String target = Files.readSymbolicLink(STDOUT).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            // No such file system, and the JDK cannot tell on all its versions: then there is no colour.
            return false;
        }
    }
}
