package dev.twelvefactor.admin;

import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Wiring;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a wiring attaches, by name. Nothing opens before it is used: a console has to start beside a service that is away, and to look at one that is there.
 */
final class DeclaredServices implements Wiring {
    private final Supplier<Wiring> attaching;
    private final Opened opened;
    private final Map<String, Service<?>> services = new LinkedHashMap<>();

    /** What is done with a client as soon as it is open. */
    interface Opened {
        Object client(String name, Object client);
    }

    /**
     * No services yet.
     *
     * @param attaching gives the wiring that opens a service; its time begins then
     */
    DeclaredServices(Supplier<Wiring> attaching, Opened opened) {
        this.attaching = attaching;
        this.opened = opened;
    }

    @Override
    public <T> Attached<T> attach(String name, Attachment<T> attachment) {
        Service<T> service = new Service<>(name, attachment, this);
        if (services.putIfAbsent(name, service) != null) {
            throw new IllegalArgumentException("two attachments are called \"" + name + "\"; give each its own name");
        }
        return service;
    }

    List<Service<?>> all() {
        return new ArrayList<>(services.values());
    }

    /** One of them. */
    static final class Service<T> implements Attached<T> {
        private final String name;
        private final Attachment<T> attachment;
        private final DeclaredServices among;
        private final Optional<Type> type;
        private @Nullable T client;

        private Service(String name, Attachment<T> attachment, DeclaredServices among) {
            this.name = name;
            this.attachment = attachment;
            this.among = among;
            this.type = ClientType.of(attachment);
        }

        @Override
        public String name() {
            return name;
        }

        /** The type of its client; nothing if only the client itself can tell. */
        Optional<Type> type() {
            return type;
        }

        /** For the wiring: what it makes of a client is not used here, so an interface is enough, with the client behind it. */
        @Override
        public T get() {
            Class<?> raw = type.map(ClientType::raw).orElse(Object.class);
            if (!raw.isInterface()) {
                return client();
            }
            InvocationHandler opening = (proxy, method, arguments) -> Delegation.isOfObject(method)
                    ? Delegation.ofObject(proxy, method, arguments, name)
                    : Delegation.call(client(), method, arguments);
            @SuppressWarnings("unchecked") // The connector says so.
            T standIn = (T) Proxy.newProxyInstance(raw.getClassLoader(), new Class<?>[] {raw}, opening);
            return standIn;
        }

        /** The client, opened if it is not open yet. */
        synchronized T client() {
            T open = client;
            if (open == null) {
                T attached = among.attaching.get().attach(name, attachment).get();
                @SuppressWarnings("unchecked") // Of the same interface; a wiring that wants the class is refused here.
                T given = (T) among.opened.client(name, attached);
                client = open = given;
            }
            return open;
        }
    }
}
