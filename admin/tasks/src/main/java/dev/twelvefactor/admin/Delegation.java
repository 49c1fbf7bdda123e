package dev.twelvefactor.admin;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** What a proxy hands on to what stands behind it. */
final class Delegation {
    private Delegation() {}

    /** Calls a method of an interface; what that throws is thrown as it is. */
    static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            // An interface of the app's own may be package-private.
            boolean unused = method.trySetAccessible();
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** Whether it is a method that every object has: that one is of the proxy itself. */
    static boolean isOfObject(Method method) {
        return method.getDeclaringClass() == Object.class;
    }

    /** What such a method gives; the proxy is shown as {@code shown}. */
    static Object ofObject(Object proxy, Method method, Object @Nullable [] arguments, String shown) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> shown;
        };
    }
}
