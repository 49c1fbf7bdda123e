package dev.twelvefactor.lifecycle;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** Virtual threads where the JVM has them (21 and later), for code that is compiled for 17. */
public final class VirtualThreads {
    private VirtualThreads() {}

    /** A factory of virtual threads that all have this name, or empty on an older JVM. There are too many of them for each to be given a name of its own. */
    public static Optional<ThreadFactory> factory(String name) {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Object named = type.getMethod("name", String.class).invoke(builder, name);
            return Optional.of((ThreadFactory) type.getMethod("factory").invoke(named));
        } catch (NoSuchMethodException | ClassNotFoundException | IllegalAccessException e) {
            return Optional.empty();
        } catch (InvocationTargetException e) {
            // On 19 and 20 they were a preview feature, which is refused unless it is switched on.
            return Optional.empty();
        }
    }
}
