package dev.twelvefactor.backing;

import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.lifecycle.Deadline;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.lifecycle.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The services of one process: opened side by side, each within the timeout, watched while it runs, closed in reverse order when it drains.
 */
public final class Attachments implements Wiring {
    private final Lifecycle lifecycle;
    private final Duration attachTimeout;
    private final List<ConfigException> refusals = new ArrayList<>();
    private final Map<String, Opening<?>> openings = new LinkedHashMap<>();
    private @Nullable Duration watchInterval;

    /**
     * No services yet.
     *
     * @param lifecycle whose drain closes them
     * @param attachTimeout the time that each has to open, from its {@link #attach} on
     */
    public Attachments(Lifecycle lifecycle, Duration attachTimeout) {
        this.lifecycle = lifecycle;
        this.attachTimeout = attachTimeout;
    }

    @Override
    public synchronized <T> Attached<T> attach(String name, Attachment<T> attachment) {
        if (openings.containsKey(name)) {
            throw new IllegalArgumentException("two attachments are called \"" + name + "\"; give each its own name");
        }
        try {
            Connector<T> connector = attachment.connector().get();
            Opening<T> opening = new Opening<>(name, attachment, connector, Deadline.after(attachTimeout));
            lifecycle.add(Phase.ATTACHMENTS, opening);
            openings.put(name, opening);
            opening.begin();
            if (watchInterval != null) {
                opening.watch(watchInterval);
            }
            return opening;
        } catch (ConfigException e) {
            refusals.add(e);
            return new Refused<>(name, e);
        }
    }

    /** A service with a URL that is none of its kind. */
    private record Refused<T>(String name, ConfigException refusal) implements Attached<T> {
        @Override
        public T get() {
            throw refusal;
        }
    }

    /** What is wrong with the URLs of the services that were attached, if anything is: known before the first is open. */
    public synchronized Optional<ConfigException> refusal() {
        return refusals.isEmpty() ? Optional.empty() : Optional.of(ConfigException.joined(refusals));
    }

    /**
     * Waits until every service is open.
     *
     * @return the message of each that could not be attached; empty if all are open
     */
    public List<String> join() {
        List<String> failures = new ArrayList<>();
        for (Opening<?> opening : all()) {
            try {
                opening.get();
            } catch (AttachException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        return failures;
    }

    /** Checks each open service at this interval from now on, one that is attached later too, and reports one that goes away or comes back. */
    public synchronized void watch(Duration interval) {
        watchInterval = interval;
        openings.values().forEach(opening -> opening.watch(interval));
    }

    /** Each service as it was at its last check. */
    public List<ServiceHealth> health() {
        return all().stream().map(Opening::health).toList();
    }

    /** What the client of each open service says of itself, by the attachment's name. */
    public Map<String, Map<String, Double>> gauges() {
        Map<String, Map<String, Double>> gauges = new LinkedHashMap<>();
        all().forEach(opening -> gauges.put(opening.name(), opening.gauges()));
        return gauges;
    }

    /** Whether an exception, or one of its causes, means that one of the services is away. */
    public boolean isUnavailable(Throwable failure) {
        return all().stream().anyMatch(opening -> opening.isUnavailable(failure));
    }

    private synchronized List<Opening<?>> all() {
        return List.copyOf(openings.values());
    }
}
