package dev.twelvefactor.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;

/** Where the executables of servers are unpacked, once for all runs of this user; one process and one thread at a time work in it. */
public final class BinaryCache {
    /** A file lock is the JVM's, not the thread's. */
    private static final ReentrantLock IN_THIS_JVM = new ReentrantLock();

    private final Path path;

    private BinaryCache(Path path) {
        this.path = path;
    }

    /** The cache of this user, below {@code XDG_CACHE_HOME} or {@code ~/.cache}. */
    public static BinaryCache ofUser() throws IOException {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path base = configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(configured);
        Files.createDirectories(base);
        Path path = base.resolve("twelvefactor-testing");
        try {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // From an earlier run, or from another process a moment ago.
            return new BinaryCache(path);
        }
        return new BinaryCache(path);
    }

    /** The directory. */
    public Path path() {
        return path;
    }

    /**
     * Works in the cache while nobody else does.
     *
     * @throws Exception what the work throws
     */
    public <T> T locked(Callable<T> work) throws Exception {
        IN_THIS_JVM.lock();
        try (FileChannel channel =
                        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            return work.call();
        } finally {
            IN_THIS_JVM.unlock();
        }
    }
}
