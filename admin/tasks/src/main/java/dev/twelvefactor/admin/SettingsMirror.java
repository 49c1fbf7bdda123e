package dev.twelvefactor.admin;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * The settings of an app for a console. Their record is rarely public, so a snippet can neither name it nor call it; one of the same name and components, that is a snippet
 * itself, stands for it. Secrets mask themselves in it as they do in the original.
 */
final class SettingsMirror {
    private final Map<Class<?>, String> names = new LinkedHashMap<>();
    private final StringBuilder nested = new StringBuilder();
    private final String source;

    private SettingsMirror(Class<?> type) {
        names.put(type, type.getSimpleName());
        source = "record " + header(type) + " {" + nested + "}";
    }

    /** The declaration of the mirror; nothing if a snippet can use the record itself. */
    static Optional<String> source(Class<? extends Record> type) {
        return TypeSource.of(type).isPresent() ? Optional.empty() : Optional.of(new SettingsMirror(type).source);
    }

    private String header(Class<?> type) {
        StringJoiner components = new StringJoiner(", ", names.get(type) + "(", ")");
        for (RecordComponent component : type.getRecordComponents()) {
            components.add(typeOf(component) + " " + component.getName());
        }
        return components.toString();
    }

    private String typeOf(RecordComponent component) {
        Type declared = component.getGenericType();
        if (isHiddenRecord(component.getType())) {
            return nameOf(component.getType());
        }
        return optionalRecord(declared)
                .map(record -> "java.util.Optional<" + nameOf(record) + ">")
                .or(() -> TypeSource.of(declared))
                .orElseGet(() -> TypeSource.nearest(component.getType()));
    }

    private static Optional<Class<?>> optionalRecord(Type type) {
        return type instanceof ParameterizedType of
                        && of.getRawType() == Optional.class
                        && of.getActualTypeArguments()[0] instanceof Class<?> content
                        && isHiddenRecord(content)
                ? Optional.of(content)
                : Optional.empty();
    }

    private static boolean isHiddenRecord(Class<?> type) {
        return type.isRecord() && TypeSource.of(type).isEmpty();
    }

    private String nameOf(Class<?> record) {
        String known = names.get(record);
        if (known != null) {
            return known;
        }
        String name = record.getSimpleName();
        for (int i = 2; names.containsValue(name); i++) {
            name = record.getSimpleName() + i;
        }
        names.put(record, name);
        String header = header(record);
        nested.append(" record ").append(header).append(" {} ");
        return name;
    }

    /** The record as one of this type, which is its mirror or its own. */
    static Object in(Class<?> type, Record original) {
        if (type.isInstance(original)) {
            return original;
        }
        RecordComponent[] from = original.getClass().getRecordComponents();
        RecordComponent[] to = type.getRecordComponents();
        Class<?>[] types = new Class<?>[to.length];
        Object[] values = new Object[to.length];
        try {
            for (int i = 0; i < to.length; i++) {
                types[i] = to[i].getType();
                from[i].getAccessor().setAccessible(true);
                values[i] = value(to[i], from[i].getAccessor().invoke(original));
            }
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the settings cannot be read: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object value(RecordComponent to, Object value) {
        if (value instanceof Record nested && to.getType().isRecord()) {
            return in(to.getType(), nested);
        }
        if (value instanceof Optional<?> optional
                && to.getGenericType() instanceof ParameterizedType of
                && of.getActualTypeArguments()[0] instanceof Class<?> content
                && content.isRecord()) {
            return optional.map(record -> in(content, (Record) record));
        }
        return value;
    }
}
