package dev.twelvefactor.app;

import dev.twelvefactor.http.HttpServer;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/**
 * Loads what takes long and depends on nothing, the log and behind it the server's classes, while the main thread reads the configuration: a start has two things to
 * do at once, and most machines two processors.
 */
final class Preload {
    private final CountDownLatch log = new CountDownLatch(1);

    private Preload() {}

    /** Begins at once. */
    static Preload begin(boolean server) {
        Preload preload = new Preload();
        Thread thread = new Thread(() -> preload.run(server), "preload");
        thread.setDaemon(true);
        thread.start();
        return preload;
    }

    /** Nothing is loaded before it is needed. */
    static Preload none() {
        Preload none = new Preload();
        none.log.countDown();
        return none;
    }

    private void run(boolean server) {
        try {
            var unused = LoggerFactory.getILoggerFactory();
        } finally {
            log.countDown();
        }
        if (server) {
            HttpServer.preload();
        }
    }

    /** SLF4J gives a stand-in to who asks for a logger while it looks for the log: nobody should. */
    void awaitLog() {
        boolean interrupted = false;
        while (true) {
            try {
                log.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
