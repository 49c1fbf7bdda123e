package dev.twelvefactor.lifecycle;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * SIGTERM and SIGINT as events instead of the JVM's shutdown. {@code sun.misc.Signal} is the only way to them, and javac warns of it with a
 * warning that nothing disables (JDK-8361402), hence the reflection.
 */
final class TermSignal {
    private TermSignal() {}

    /** Calls {@code handler} with each signal's name ({@code SIGTERM}). False if this JVM has no such signals or leaves them alone. */
    static boolean handle(Consumer<String> handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    TermSignal.class.getClassLoader(), new Class<?>[] {signalHandler}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> handler.accept(arguments[0].toString());
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            case "equals" -> {
                                return self == arguments[0];
                            }
                            default -> {
                                return "TermSignal";
                            }
                        }
                        return null;
                    });
            for (String name : new String[] {"TERM", "INT"}) {
                Object instance = signal.getConstructor(String.class).newInstance(name);
                signal.getMethod("handle", signal, signalHandler).invoke(null, instance, proxy);
            }
            return true;
        } catch (ClassNotFoundException | NoSuchMethodException | InstantiationException | IllegalAccessException e) {
            return false;
        } catch (InvocationTargetException e) {
            // java -Xrs: the JVM was told to leave signals to the operating system.
            return false;
        }
    }
}
