package dev.twelvefactor.backing;

/** What a process or a task attaches its services with. */
public interface Wiring {
    /**
     * Begins to open a service at once, beside the others, and goes on trying until {@code ATTACH_TIMEOUT}. {@link Attached#get()} waits for
     * the client.
     *
     * @param name what the service is called in health, metrics and the log: {@code database}
     * @throws IllegalArgumentException if another attachment has that name
     */
    <T> Attached<T> attach(String name, Attachment<T> attachment);
}
