package dev.twelvefactor.backing;

import dev.twelvefactor.lifecycle.Deadline;
import dev.twelvefactor.lifecycle.Participant;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One service through its life: being opened, open and watched, closed. */
final class Opening<T> implements Attached<T>, Participant {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /** With the pause between two checks, less than the five seconds in which an outage is to be known. */
    private static final Duration LONGEST_CHECK = Duration.ofMillis(2500);

    private static final String NO_ANSWER = "no answer came in time";

    private final String name;
    private final Attachment<T> attachment;
    private final Connector<T> connector;
    private final Deadline deadline;
    private final CompletableFuture<T> client = new CompletableFuture<>();
    private volatile boolean closed;
    private volatile String lastFailure = NO_ANSWER;
    private volatile ServiceHealth health;
    private volatile @Nullable Thread watcher;
    private @Nullable Thread checking;

    Opening(String name, Attachment<T> attachment, Connector<T> connector, Deadline deadline) {
        this.name = name;
        this.attachment = attachment;
        this.connector = connector;
        this.deadline = deadline;
        this.health = health(false, Duration.ZERO, Optional.of("not open yet"));
    }

    @Override
    public String name() {
        return name;
    }

    ServiceHealth health() {
        return health;
    }

    Map<String, Double> gauges() {
        boolean open = !closed && client.isDone() && !client.isCompletedExceptionally();
        return open ? connector.gauges(client.join()) : Map.of();
    }

    boolean isUnavailable(Throwable failure) {
        return NetworkFailures.causeChain(failure).stream().anyMatch(connector::isUnavailable);
    }

    void begin() {
        daemon("attach-" + name, this::open);
    }

    private void open() {
        long start = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; !closed; attempt++) {
            try {
                opened(connector.open(name), Duration.ofNanos(System.nanoTime() - start));
                return;
            } catch (InterruptedException e) {
                giveUp();
                return;
            } catch (Error e) {
                LOG.error("{} cannot be attached", name, e);
                lastFailure = "its client cannot be used here (" + e + ")";
                giveUp();
                return;
            } catch (Exception e) {
                Connector.Failure failure = connector.explain(e);
                lastFailure = failure.sentence();
                if (failure.permanent() || deadline.remaining().compareTo(pause) <= 0) {
                    giveUp();
                    return;
                }
                if (attempt == 1) {
                    LOG.atWarn()
                            .addKeyValue("attachment", name)
                            .addKeyValue("url", attachment.url())
                            .log("{} cannot be attached yet, trying on: {}", name, failure.sentence());
                }
            }
            if (!sleep(pause.plusMillis(ThreadLocalRandom.current().nextLong(50)))) {
                giveUp();
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private void giveUp() {
        client.completeExceptionally(notAttached());
    }

    private void opened(T open, Duration took) throws Exception {
        if (!client.isDone()) {
            health = health(true, took, Optional.empty());
            LOG.atInfo()
                    .addKeyValue("attachment", name)
                    .addKeyValue("url", attachment.url())
                    .addKeyValue("took_ms", took.toMillis())
                    .log("attached {}", name);
            connector.warnings().forEach(warning -> LOG.atWarn()
                    .addKeyValue("attachment", name)
                    .log("{}: {}", name, warning));
        }
        if (!client.complete(open) || closed) {
            health = health(false, took, Optional.of("closed"));
            connector.close(open);
        }
    }

    @Override
    public T get() {
        try {
            return client.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AttachException("the start was stopped while " + name + " was being attached");
        } catch (TimeoutException e) {
            AttachException late = notAttached();
            // An attempt that still hangs and succeeds later finds this and closes what it has opened.
            if (client.completeExceptionally(late)) {
                throw late;
            }
            return client.join();
        } catch (ExecutionException e) {
            throw notAttached();
        }
    }

    private AttachException notAttached() {
        return new AttachException(name + " (" + attachment.url() + ") could not be attached: " + lastFailure);
    }

    /** Begins once the service is open, and not at all if it could not be attached. */
    void watch(Duration interval) {
        var unused = client.thenAccept(open -> beginToWatch(open, interval));
    }

    private synchronized void beginToWatch(T open, Duration interval) {
        if (watcher == null && !closed) {
            watcher = daemon("watch-" + name, () -> {
                while (!closed && sleep(interval)) {
                    check(open);
                }
            });
        }
    }

    private void check(T open) {
        long start = System.nanoTime();
        Optional<String> reason;
        try {
            reason = reasonOfNoAnswer(open);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (closed) {
            return;
        }
        boolean before = health.up();
        health = health(reason.isEmpty(), Duration.ofNanos(System.nanoTime() - start), reason);
        if (before && reason.isPresent()) {
            LOG.atError().addKeyValue("attachment", name).log("{} is down: {}", name, reason.get());
        } else if (!before && reason.isEmpty()) {
            LOG.atInfo().addKeyValue("attachment", name).log("{} is up again", name);
        }
    }

    /** On a thread of its own: whatever a client does, that it does not answer is known in time. */
    private Optional<String> reasonOfNoAnswer(T open) throws InterruptedException {
        Thread before = checking;
        if (before != null && before.isAlive()) {
            // Never two at once: a client that hangs would get more and more of them.
            return Optional.of(NO_ANSWER);
        }
        FutureTask<Optional<String>> check = new FutureTask<>(() -> {
            try {
                connector.check(open);
                return Optional.empty();
            } catch (Exception e) {
                return Optional.of(connector.explain(e).sentence());
            }
        });
        Thread thread = daemon("check-" + name, check);
        checking = thread;
        try {
            return check.get(LONGEST_CHECK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            thread.interrupt();
            return Optional.of(NO_ANSWER);
        } catch (ExecutionException e) {
            LOG.error("{} cannot be checked", name, e.getCause());
            return Optional.of("its client cannot be used here (" + e.getCause() + ")");
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        }
    }

    /** Closes what is open; what is still being opened is closed as soon as it is. */
    @Override
    public void drain(Deadline until) throws Exception {
        closed = true;
        Thread watching = watcher;
        if (watching != null) {
            watching.interrupt();
        }
        giveUp();
        if (!client.isCompletedExceptionally()) {
            connector.close(client.join());
        }
    }

    private ServiceHealth health(boolean up, Duration latency, Optional<String> reason) {
        return new ServiceHealth(name, up, latency, reason, attachment.gatesReadiness());
    }

    private static Thread daemon(String threadName, Runnable work) {
        Thread thread = new Thread(work, threadName);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static boolean sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
