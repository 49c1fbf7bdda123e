package dev.twelvefactor.testing;

import dev.twelvefactor.backing.AttachException;
import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One attachment as an app would have it, for tests of whoever attaches a kind of service: opened within a time, checked every so often, closed by a drain.
 *
 * <pre>{@code
 * try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(url, Jdbc::pool)) {
 *     database.client().getConnection()…
 *     server.kill();
 *     ServiceHealth down = database.awaitDown();
 *     server.startAgain();
 *     database.awaitUp();
 * }
 * }</pre>
 *
 * @param <T> the client
 */
public final class AttachmentProbe<T> implements AutoCloseable {
    private static final Duration ATTACH = Duration.ofSeconds(20);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private static final Pattern JDBC_PASSWORD = Pattern.compile("[?&;]password=([^&;]*)");

    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final Attachments attachments;
    private final Attached<T> attached;

    private final LogWatch log;

    private AttachmentProbe(ServiceUrl url, Attachment<T> attachment, Duration timeout) {
        this.log = new LogWatch(secret(url));
        this.attachments = new Attachments(lifecycle, timeout);
        try {
            this.attached = attachments.attach("service", attachment);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private static String secret(ServiceUrl url) {
        Matcher given = JDBC_PASSWORD.matcher(url.jdbc().map(Secret::reveal).orElse(""));
        return given.find()
                ? given.group(1)
                : url.password().map(Secret::reveal).orElse("");
    }

    /** Attaches, with plenty of time. */
    public static <T> AttachmentProbe<T> attach(String url, Function<ServiceUrl, Attachment<T>> kind) {
        return attach(ServiceUrl.parse(url), kind);
    }

    /** The same, of a URL that knows where it came from. */
    public static <T> AttachmentProbe<T> attach(ServiceUrl url, Function<ServiceUrl, Attachment<T>> kind) {
        AttachmentProbe<T> probe = new AttachmentProbe<>(url, kind.apply(url), ATTACH);
        try {
            T unused = probe.attached.get();
        } catch (RuntimeException e) {
            probe.close();
            throw e;
        }
        probe.attachments.watch(INTERVAL);
        return probe;
    }

    /**
     * Tries to attach, which has to fail within this time.
     *
     * @return what the app would say, in which the URL is masked
     */
    public static <T> String refusal(String url, Duration timeout, Function<ServiceUrl, Attachment<T>> kind) {
        ServiceUrl parsed = ServiceUrl.parse(url);
        AttachmentProbe<T> probe = new AttachmentProbe<>(parsed, kind.apply(parsed), timeout);
        try {
            T unused = probe.attached.get();
        } catch (AttachException e) {
            return String.valueOf(e.getMessage());
        } finally {
            probe.close();
        }
        throw new AssertionError("the service was attached");
    }

    /** The client. */
    public T client() {
        return attached.get();
    }

    /** How the service is, as of its last check. */
    public ServiceHealth health() {
        return attachments.health().get(0);
    }

    /** What the client says of itself. */
    public Map<String, Double> gauges() {
        return attachments.gauges().getOrDefault("service", Map.of());
    }

    /** Whether an exception means that the service is away, as the web process sees it. */
    public boolean isUnavailable(Throwable failure) {
        return attachments.isUnavailable(failure);
    }

    /** Waits until a check finds the service down. */
    public ServiceHealth awaitDown() throws InterruptedException {
        return await("down", health -> !health.up());
    }

    /** Waits until a check finds the service up. */
    public ServiceHealth awaitUp() throws InterruptedException {
        return await("up", ServiceHealth::up);
    }

    private ServiceHealth await(String state, Predicate<ServiceHealth> reached) throws InterruptedException {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (System.nanoTime() < end) {
            ServiceHealth health = health();
            if (reached.test(health)) {
                return health;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("the service is not " + state + " after " + LONGEST_WAIT + ": " + health());
    }

    /** Closes it as a drain does; an error if that does not end in time, or if an event of whatever library and level told the URL's password meanwhile. */
    @Override
    public void close() {
        try (log) {
            if (!lifecycle.drain().complete()) {
                throw new AssertionError("the attachment was not closed within the drain's time");
            }
            if (!log.found().isEmpty()) {
                throw new AssertionError("the password was told by " + log.found());
            }
        }
    }
}
