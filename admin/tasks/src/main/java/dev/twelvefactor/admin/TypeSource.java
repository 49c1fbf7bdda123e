package dev.twelvefactor.admin;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A type as a snippet can write it; snippets stand in a package of their own and see what is public. */
final class TypeSource {
    private TypeSource() {}

    /** Nothing if a snippet cannot name the type. */
    static Optional<String> of(Type type) {
        if (type instanceof Class<?> named) {
            return ofClass(named);
        }
        if (type instanceof ParameterizedType of && of.getRawType() instanceof Class<?> raw) {
            return ofClass(raw).map(name -> name + arguments(of));
        }
        if (type instanceof GenericArrayType array) {
            return of(array.getGenericComponentType()).map(name -> name + "[]");
        }
        return Optional.empty();
    }

    /** The type itself, or else the nearest that a snippet can name: a class that it extends, an interface, {@code Object}. */
    static String nearest(Class<?> type) {
        for (Class<?> above = type; above != null; above = above.getSuperclass()) {
            Optional<String> name = ofClass(above);
            // Every object is one of those, and that says nothing of it.
            if (name.isPresent() && above != Object.class && above != Proxy.class) {
                return name.get();
            }
        }
        Deque<Class<?>> interfaces = new ArrayDeque<>();
        for (Class<?> above = type; above != null; above = above.getSuperclass()) {
            interfaces.addAll(Arrays.asList(above.getInterfaces()));
        }
        while (!interfaces.isEmpty()) {
            Class<?> next = interfaces.remove();
            Optional<String> name = ofClass(next);
            if (name.isPresent()) {
                return name.get();
            }
            interfaces.addAll(Arrays.asList(next.getInterfaces()));
        }
        return "java.lang.Object";
    }

    private static Optional<String> ofClass(Class<?> type) {
        if (type.isArray()) {
            return ofClass(type.getComponentType()).map(name -> name + "[]");
        }
        String name = type.getCanonicalName();
        // A proxy's class is public, too, and its name is made up.
        return name != null && isPublic(type) && !Proxy.isProxyClass(type) ? Optional.of(name) : Optional.empty();
    }

    private static boolean isPublic(Class<?> type) {
        if (type.isPrimitive()) {
            return true;
        }
        for (Class<?> around = type; around != null; around = around.getEnclosingClass()) {
            if (!Modifier.isPublic(around.getModifiers())) {
                return false;
            }
        }
        // From a package with a name, what is in the one without cannot be named.
        return !type.getPackageName().isEmpty() && type.getModule().isExported(type.getPackageName());
    }

    private static String arguments(ParameterizedType type) {
        List<String> arguments = new ArrayList<>();
        for (Type argument : type.getActualTypeArguments()) {
            arguments.add(
                    argument instanceof WildcardType wildcard
                            ? wildcard(wildcard)
                            : of(argument).orElse("?"));
        }
        return "<" + String.join(", ", arguments) + ">";
    }

    private static String wildcard(WildcardType wildcard) {
        if (wildcard.getLowerBounds().length > 0) {
            return of(wildcard.getLowerBounds()[0])
                    .map(bound -> "? super " + bound)
                    .orElse("?");
        }
        return of(wildcard.getUpperBounds()[0])
                .map(bound -> "? extends " + bound)
                .orElse("?");
    }
}
