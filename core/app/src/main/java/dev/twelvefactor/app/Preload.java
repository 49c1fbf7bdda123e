package dev.twelvefactor.app;

import dev.twelvefactor.http.HttpServer;
import java.util.concurrent.CompletableFuture;
import org.slf4j.LoggerFactory;

/**
 * Loads what takes long and depends on nothing, the log and behind it the server's classes, while the main thread reads the configuration: a start has two things to
 * do at once, and most machines two processors.
 */
final class Preload {
    private final CompletableFuture<Boolean> log = new CompletableFuture<>();

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
        none.log.complete(true);
        return none;
    }

    private void run(boolean server) {
        try {
            var unused = LoggerFactory.getILoggerFactory();
        } finally {
            log.complete(true);
        }
        if (server) {
            HttpServer.preload();
        }
    }

    /** SLF4J gives a stand-in to who asks for a logger while it looks for the log: nobody should. */
    void awaitLog() {
        var unused = log.join();
    }
}
