package dev.twelvefactor.backing;

import dev.twelvefactor.config.ServiceUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/**
 * A kind of service that is found by the scheme of its URL, for {@link Attachment#of(ServiceUrl, Class)}. A module names its providers in
 * {@code META-INF/services/dev.twelvefactor.backing.ServiceProvider}; see {@code docs/services.md} for a whole one.
 *
 * @param <T> the client that an app works with
 */
public interface ServiceProvider<T> {
    /** The schemes of its URLs, in lower case. */
    Set<String> schemes();

    /** The type of the client. */
    Class<T> client();

    /**
     * How the service at this URL is opened; nothing is opened yet.
     *
     * @throws dev.twelvefactor.config.ConfigException by {@link ServiceUrl#refused} if the URL is not one that it can use
     */
    Connector<T> connector(ServiceUrl url);

    /** The connector of the provider on the class path that has this scheme and gives such a client. */
    static <T> Connector<T> find(ServiceUrl url, Class<T> client) {
        List<String> schemes = new ArrayList<>();
        for (ServiceProvider<?> provider : ServiceLoader.load(ServiceProvider.class)) {
            if (provider.client() == client) {
                if (provider.schemes().contains(url.scheme())) {
                    @SuppressWarnings("unchecked") // It says so itself.
                    ServiceProvider<T> fitting = (ServiceProvider<T>) provider;
                    return fitting.connector(url);
                }
                schemes.addAll(provider.schemes());
            }
        }
        throw url.refused("has the scheme " + url.scheme() + ", and no module here attaches such a service as a "
                + client.getSimpleName() + "; "
                + (schemes.isEmpty()
                        ? "add the module that does"
                        : "the schemes are " + String.join(", ", new TreeSet<>(schemes))));
    }
}
