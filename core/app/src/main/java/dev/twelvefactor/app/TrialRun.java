package dev.twelvefactor.app;

import dev.twelvefactor.backing.AttachException;
import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * One process type, wired as at its start and let go again before it does anything, on a thread of its own. What it finds may be read at any
 * time.
 */
final class TrialRun {
    /** Where a service is nothing but a place on this machine. */
    private static final String LOCAL = "file";

    private final String name;
    private final Wired wired;
    private final Lifecycle lifecycle;
    private final Attachments attachments;
    private final Set<String> attached = new ConcurrentSkipListSet<>();
    private final Set<String> away = new ConcurrentSkipListSet<>();
    private final Set<String> local = new ConcurrentSkipListSet<>();
    private final Set<String> failures = new ConcurrentSkipListSet<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean complete;

    /** What wires it. */
    interface Wired {
        void by(Wiring wiring) throws Exception;
    }

    TrialRun(String name, Wired wired, Standard standard) {
        this.name = name;
        this.wired = wired;
        this.lifecycle = new Lifecycle(standard.drainTimeout(), Duration.ZERO);
        // Its drain interrupts no start: the thread is interrupted by stop alone.
        boolean unused = lifecycle.ready();
        this.attachments = new Attachments(lifecycle, standard.attachTimeout());
        this.thread = new Thread(this::run, "check-" + name);
        thread.setDaemon(true);
    }

    /** Begins; the result is complete once everything is found and closed again. */
    CompletableFuture<Void> begin() {
        thread.start();
        return ended;
    }

    /** Gives up what has not ended by now. */
    void stop() {
        if (!complete) {
            thread.interrupt();
        }
    }

    private void run() {
        try {
            attempt();
            complete = true;
            var unused = lifecycle.drain();
        } finally {
            ended.complete(null);
        }
    }

    private void attempt() {
        try {
            wired.by(new Wiring() {
                @Override
                public <T> Attached<T> attach(String service, Attachment<T> attachment) {
                    if (attachment.url().scheme().equals(LOCAL)) {
                        local.add(service + " (" + attachment.url() + ")");
                    }
                    return attachments.attach(service, attachment);
                }
            });
            away.addAll(attachments.join());
            attached.addAll(up());
        } catch (AttachException e) {
            away.addAll(attachments.join());
        } catch (ConfigException e) {
            e.problems().forEach(problem -> away.add(problem.toString()));
        } catch (Throwable e) {
            failures.add("the wiring of " + name + " throws " + e);
        }
    }

    private List<String> up() {
        return attachments.health().stream()
                .filter(ServiceHealth::up)
                .map(ServiceHealth::name)
                .toList();
    }

    /** The names of the services that could be attached. */
    List<String> attached() {
        return complete ? List.copyOf(attached) : up();
    }

    /** What is wrong with the services, in sentences. */
    List<String> away() {
        if (complete) {
            return List.copyOf(away);
        }
        String unfinished = " attached when the check was cut short";
        List<String> silent = attachments.health().stream()
                .filter(service -> !service.up())
                .map(service -> service.name() + " was not" + unfinished)
                .toList();
        return silent.isEmpty() ? List.of("not all that " + name + " attaches was" + unfinished) : silent;
    }

    /** The services that are nothing but a folder of this machine. */
    List<String> local() {
        return List.copyOf(local);
    }

    /** What the wiring has thrown, in sentences. */
    List<String> failures() {
        return complete
                ? List.copyOf(failures)
                : List.of("the wiring of " + name + " had not ended when the check was cut short");
    }
}
