package dev.twelvefactor.backing;

import dev.twelvefactor.config.ServiceUrl;
import java.util.function.Supplier;

/**
 * A service to attach: where it is and how it is opened. Nothing is opened yet.
 *
 * @param url where it is
 * @param connector how it is opened
 * @param gatesReadiness whether the process counts as not ready while the service is away
 * @param <T> the client that an app works with
 */
public record Attachment<T>(ServiceUrl url, Supplier<Connector<T>> connector, boolean gatesReadiness) {

    /**
     * A service whose absence is reported and does not take the process out of the load balancer.
     *
     * @param connector made when the service is attached; it refuses a URL with {@link ServiceUrl#refused}, so that what is wrong with several URLs
     *     is said in one go
     */
    public static <T> Attachment<T> of(ServiceUrl url, Supplier<Connector<T>> connector) {
        return new Attachment<>(url, connector, false);
    }

    /**
     * A service whose provider is found on the class path, by the scheme of its URL and the client that is wanted: {@code Attachment.of(url, DataSource.class)}.
     *
     * @see ServiceProvider
     */
    public static <T> Attachment<T> of(ServiceUrl url, Class<T> client) {
        return of(url, () -> ServiceProvider.find(url, client));
    }

    /**
     * The same, taking the process out of the load balancer while the service is away. Think twice: one blip of a database that all instances
     * share takes all of them out at once.
     */
    public Attachment<T> gatingReadiness() {
        return new Attachment<>(url, connector, true);
    }
}
