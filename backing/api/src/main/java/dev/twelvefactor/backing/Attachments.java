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

/**
 * The services of one process: opened side by side within one timeout, watched while it runs, closed in reverse order when it drains.
 */
public final class Attachments implements Wiring {
    private final Lifecycle lifecycle;
    private final Deadline deadline;
    private final List<ConfigException> refusals = new ArrayList<>();
    private final Map<String, Opening<?>> openings = new LinkedHashMap<>();

    /**
     * No services yet; their time begins now.
     *
     * @param lifecycle whose drain closes them
     * @param attachTimeout the time until all of them have to be open
     */
    public Attachments(Lifecycle lifecycle, Duration attachTimeout) {
        this.lifecycle = lifecycle;
        this.deadline = Deadline.after(attachTimeout);
    }

    @Override
    public synchronized <T> Attached<T> attach(String name, Attachment<T> attachment) {
        if (openings.containsKey(name)) {
            throw new IllegalArgumentException("two attachments are called \"" + name + "\"; give each its own name");
        }
        try {
            Opening<T> opening =
                    new Opening<>(name, attachment, attachment.connector().get(), deadline);
            openings.put(name, opening);
            lifecycle.add(Phase.ATTACHMENTS, opening);
            opening.begin();
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

    /** Checks each service every so often from now on, and reports one that goes away or comes back. */
    public void watch(Duration interval) {
        all().forEach(opening -> opening.watch(interval));
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
