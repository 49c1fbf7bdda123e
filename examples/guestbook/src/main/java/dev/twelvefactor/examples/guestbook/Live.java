package dev.twelvefactor.examples.guestbook;

import dev.twelvefactor.http.HttpException;
import dev.twelvefactor.http.Request;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.http.WebSocket;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Sends new entries to the pages that are open, whichever process has added them. */
final class Live {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Entries entries;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private List<Entry> newest = List.of();
    private long lookedAt = System.nanoTime() - PAUSE_NANOS;

    Live(Entries entries, int most) {
        this.entries = entries;
        this.most = most;
    }

    /** {@code /live?after=7}: the entries that are newer than the one that the page shows first. */
    Response open(Request request) {
        long after;
        try {
            after = Long.parseLong(request.query("after").orElse("0"));
        } catch (NumberFormatException e) {
            throw new HttpException(400, "after is the number of an entry.");
        }
        return WebSocket.accept(socket -> follow(socket, after));
    }

    private void follow(WebSocket socket, long after) throws Exception {
        socket.onClose(Thread.currentThread()::interrupt);
        long last = after;
        while (socket.open()) {
            for (Entry entry : newerThan(last)) {
                socket.send(PageTemplate.item(entry));
                last = entry.id();
            }
            TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
        }
    }

    private List<Entry> newerThan(long id) throws SQLException {
        List<Entry> newer = new ArrayList<>(
                newest().stream().filter(entry -> entry.id() > id).toList());
        Collections.reverse(newer);
        return newer;
    }

    /** One look at the database a second, however many pages are open. */
    private List<Entry> newest() throws SQLException {
        lock.lock();
        try {
            if (System.nanoTime() - lookedAt >= PAUSE_NANOS) {
                newest = entries.newest(most);
                lookedAt = System.nanoTime();
            }
            return newest;
        } finally {
            lock.unlock();
        }
    }
}
