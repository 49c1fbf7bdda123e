package dev.twelvefactor.backing.blob;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes a file, or the names in a folder, survive a power failure. */
final class FileSync {
    private FileSync() {}

    /** Whether this file system can do it. Some that are mounted from elsewhere cannot. */
    static boolean canForce(Path folder) {
        try {
            force(folder);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Even if the thread is interrupted: a blob that is visible already must not look like one that was not put. */
    static void force(Path file) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                } catch (NoSuchFileException e) {
                    // A folder that another instance removed with its last blob.
                    return;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
