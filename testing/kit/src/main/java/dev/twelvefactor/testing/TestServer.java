package dev.twelvefactor.testing;

import dev.twelvefactor.config.ServiceUrl;

/** A real server for tests and development, on a free port of the loopback interface. */
public interface TestServer extends AutoCloseable {
    /** Where it is, with the user and the password that it wants, in plain text: it lives as long as the test. */
    String url();

    /** What it is and where it came from, in one line. */
    String description();

    /** The same as {@link #url()}, parsed. */
    default ServiceUrl serviceUrl() {
        return ServiceUrl.parse(url());
    }

    /** Stops it and removes all that it has written. */
    @Override
    void close();
}
