package dev.twelvefactor.admin;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.config.ConfigException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The type of the client that an attachment gives, as the class of its connector declares it: known before there is a client, and with its type arguments. */
final class ClientType {
    private ClientType() {}

    /** Nothing if the class leaves it open, or if the URL is refused. */
    static Optional<Type> of(Attachment<?> attachment) {
        try {
            Class<?> connector = attachment.connector().get().getClass();
            return Optional.ofNullable(argument(connector, Map.of())).filter(type -> !(type instanceof TypeVariable));
        } catch (ConfigException e) {
            // What is wrong with the URL is said when the service is used.
            return Optional.empty();
        }
    }

    /** The class of a type, without its arguments. */
    static Class<?> raw(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        }
        return type instanceof ParameterizedType of ? raw(of.getRawType()) : Object.class;
    }

    private static @Nullable Type argument(Type type, Map<TypeVariable<?>, Type> outer) {
        Class<?> raw = raw(type);
        if (!Connector.class.isAssignableFrom(raw)) {
            return null;
        }
        Map<TypeVariable<?>, Type> known = new HashMap<>();
        if (type instanceof ParameterizedType of) {
            for (int i = 0; i < raw.getTypeParameters().length; i++) {
                Type given = of.getActualTypeArguments()[i];
                known.put(raw.getTypeParameters()[i], outer.getOrDefault(given, given));
            }
        }
        if (raw == Connector.class) {
            return known.get(raw.getTypeParameters()[0]);
        }
        for (Type above : raw.getGenericInterfaces()) {
            Type found = argument(above, known);
            if (found != null) {
                return found;
            }
        }
        Type above = raw.getGenericSuperclass();
        return above == null ? null : argument(above, known);
    }
}
