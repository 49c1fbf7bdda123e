package dev.twelvefactor.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Opens files and knows the hashes of their contents. A length and a time do not tell two contents apart: reproducible builds give all files the same time. A
 * hash is taken at the first use of a file and kept for as long as its attributes stay as they are. On Unix these include the time of the last change of
 * the inode, which no program can set. A file of more than {@link #MAX_AT_ONCE} is hashed while it is sent as a whole, so that no client waits for that;
 * until then it has no hash.
 */
final class FileHashes {
    static final long MAX_AT_ONCE = 64L << 20;

    /** A file of up to this size is hashed at once, in less time than a request takes: it does not wait for a larger one. */
    private static final int MAX_AT_ANY_TIME = 256 << 10;

    private static final int MAX_KNOWN = 10_000;
    /** Some file systems count time in steps of two seconds (FAT); two writes within one step leave the same time. */
    private static final long MAX_TIME_STEP_NANOS = Duration.ofSeconds(2).toNanos();

    private final LongSupplier nanoTime;
    private final Map<Path, Known> known = RecentlyUsed.map(MAX_KNOWN);
    /** One larger file at a time: when a release is new, many clients ask for the same file, and those that wait take over the hash of another. */
    private final ReentrantLock hashing = new ReentrantLock();

    FileHashes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Opens a file for reading. */
    interface Opener {
        SeekableByteChannel open() throws IOException;
    }

    /** The attributes that change when a file is written to, or when another takes its place. */
    private record Stamp(Map<String, Object> attributes) {
        static Stamp of(Path file) throws IOException {
            boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
            String names = unix ? "unix:size,lastModifiedTime,ctime,fileKey" : "size,lastModifiedTime,fileKey";
            return new Stamp(Files.readAttributes(file, names, LinkOption.NOFOLLOW_LINKS));
        }
    }

    /** A hash with the time when its file was first seen with this stamp, and the time before it was read for the hash. */
    private record Known(Stamp stamp, String hash, long seenAt, long readAt) {
        /** Whether a write after the file was read would have changed the stamp. */
        boolean isSettled() {
            return readAt - seenAt >= MAX_TIME_STEP_NANOS;
        }

        /** Whether it is as good as one that is taken of this file now: it was opened before this one was read. */
        boolean isAsGoodAsAnother(OpenFile file) {
            return stamp.equals(file.stamp()) && (isSettled() || readAt - file.openedAt() > 0);
        }
    }

    /**
     * Opens a file, and hashes it if that has to be done.
     *
     * @param file its real path
     */
    StaticFile open(Path file, Opener opener) throws IOException, InterruptedException {
        long openedAt = nanoTime.getAsLong();
        Stamp stamp = Stamp.of(file);
        SeekableByteChannel channel = opener.open();
        try {
            OpenFile opened = new OpenFile(file, stamp, channel, channel.size(), openedAt);
            Optional<String> hash = hash(opened);
            // If the file was replaced or written to meanwhile, the hash is of another content than the one that is
            // sent.
            return new HashedFile(opened, opened.isUnchanged() ? hash : Optional.empty());
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private record OpenFile(Path path, Stamp stamp, SeekableByteChannel channel, long length, long openedAt) {
        boolean isUnchanged() {
            try {
                return stamp.equals(Stamp.of(path));
            } catch (IOException e) {
                // What was opened can be read although nothing has this path any more.
                return false;
            }
        }

        InputStream from(long start) throws IOException {
            return Channels.newInputStream(channel.position(start));
        }
    }

    private Optional<String> hash(OpenFile file) throws IOException, InterruptedException {
        Optional<String> settled = settled(file);
        if (settled.isPresent()) {
            return settled;
        }
        if (file.length() > MAX_AT_ONCE) {
            Known seen = new Known(file.stamp(), "", file.openedAt(), file.openedAt());
            known.merge(file.path(), seen, (before, now) -> before.stamp().equals(now.stamp()) ? before : now);
            return Optional.empty();
        }
        if (file.length() <= MAX_AT_ANY_TIME) {
            return Optional.of(hashNow(file));
        }
        hashing.lockInterruptibly();
        try {
            Known meanwhile = known.get(file.path());
            return Optional.of(
                    meanwhile != null && meanwhile.isAsGoodAsAnother(file) ? meanwhile.hash() : hashNow(file));
        } finally {
            hashing.unlock();
        }
    }

    private String hashNow(OpenFile file) throws IOException {
        long readAt = nanoTime.getAsLong();
        String hash = ContentHash.of(file.from(0), file.length()).text();
        remember(file, hash, readAt);
        return hash;
    }

    private Optional<String> settled(OpenFile file) {
        return Optional.ofNullable(known.get(file.path()))
                .filter(before -> before.isSettled() && before.stamp().equals(file.stamp()))
                .map(Known::hash);
    }

    private void remember(OpenFile file, String hash, long readAt) {
        if (file.isUnchanged()) {
            known.merge(
                    file.path(),
                    new Known(file.stamp(), hash, file.openedAt(), readAt),
                    (before, now) -> before.stamp().equals(now.stamp())
                            ? new Known(now.stamp(), now.hash(), before.seenAt(), now.readAt())
                            : now);
        }
    }

    private final class HashedFile implements StaticFile {
        private final OpenFile file;
        private final Optional<String> hash;

        private HashedFile(OpenFile file, Optional<String> hash) {
            this.file = file;
            this.hash = hash;
        }

        @Override
        public long length() {
            return file.length();
        }

        @Override
        public Optional<String> hash() {
            return hash;
        }

        @Override
        public InputStream from(long start) throws IOException {
            InputStream in = file.from(start);
            return start == 0 && hash.isEmpty() ? new Hashing(in, file) : in;
        }

        @Override
        public void close() throws IOException {
            file.channel().close();
        }
    }

    /** Hashes what is read, and remembers the hash at the end of the file. */
    private final class Hashing extends DigestInputStream {
        private final OpenFile file;
        private long left;

        private Hashing(InputStream in, OpenFile file) {
            super(in, ContentHash.digest());
            this.file = file;
            this.left = file.length();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            if (read > 0) {
                left -= read;
                if (left == 0) {
                    remember(file, ContentHash.text(getMessageDigest()), file.openedAt());
                }
            }
            return read;
        }
    }
}
