package dev.twelvefactor.testing;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.LeaseHolder;
import dev.twelvefactor.backing.LeaseKeeper;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.config.ServiceUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/** A lease as the lock of a file, which the operating system frees when its process ends: enough for processes of one machine. */
record FileLeases(Path file) implements Leases, Connector<Leases> {
    static Attachment<Leases> of(Path file) {
        return Attachment.of(ServiceUrl.parse("file://" + file), () -> new FileLeases(file));
    }

    @Override
    public Optional<Lease> tryAcquire(String name) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            LeaseKeeper keeper = new LeaseKeeper(Duration.ofMinutes(1), Duration.ofSeconds(20));
            return Optional.of(keeper.keep(name, System.nanoTime(), new LeaseKeeper.Hold() {
                @Override
                public Optional<String> renew(Duration longest) {
                    return lock.isValid() ? Optional.empty() : Optional.of("the lock is gone");
                }

                @Override
                public void release() throws IOException {
                    channel.close();
                }
            }));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<LeaseHolder> holder(String name) {
        return Optional.empty();
    }

    @Override
    public Leases heldBy(String who) {
        return this;
    }

    @Override
    public Leases open(String name) {
        return this;
    }

    @Override
    public void check(Leases client) {}

    @Override
    public void close(Leases client) {}

    @Override
    public Failure explain(Exception failure) {
        return Failure.permanent(failure.toString());
    }
}
