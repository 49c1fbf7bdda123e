package dev.twelvefactor.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A record type as the binder sees it: variables to read and records to nest. Whatever cannot be bound is found here, once. */
final class RecordShape {
    private final Class<? extends Record> type;
    private final String title;
    private final List<Part> parts;

    private RecordShape(Class<? extends Record> type, String title, List<Part> parts) {
        this.type = type;
        this.title = title;
        this.parts = parts;
    }

    sealed interface Part permits Leaf, Nested {}

    /** A component that one variable fills; {@code blankCounts} is {@link AllowEmpty}. */
    record Leaf(Variable variable, Converter converter, boolean optional, boolean blankCounts) implements Part {}

    /** A component that is a record; an optional one is there when any of its variables is. */
    record Nested(RecordShape shape, boolean optional) implements Part {}

    static RecordShape of(Class<? extends Record> type, Names names) {
        return of(type, names, "", type.getSimpleName());
    }

    private static RecordShape of(Class<? extends Record> type, Names names, String prefix, String title) {
        List<Part> parts = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            parts.add(part(type, component, names, prefix));
        }
        return new RecordShape(type, title, List.copyOf(parts));
    }

    private static Part part(Class<?> owner, RecordComponent component, Names names, String prefix) {
        Type declared = component.getGenericType();
        boolean optional = component.getType() == Optional.class;
        Type content = optional && declared instanceof ParameterizedType of ? of.getActualTypeArguments()[0] : declared;
        String path = prefix.isEmpty() ? component.getName() : prefix + capitalised(component.getName());
        Optional<Converter> converter = Converters.of(content);
        if (converter.isEmpty() && content instanceof Class<?> nested && nested.isRecord()) {
            Class<? extends Record> record = nested.asSubclass(Record.class);
            return new Nested(of(record, names, path, names.of(path)), optional);
        }
        Env env = component.getAnnotation(Env.class);
        String name = env == null ? names.of(path) : env.value();
        return leaf(
                owner,
                component,
                name,
                optional,
                converter.orElseThrow(() -> new RecordException(
                        owner,
                        "the component " + component.getName() + " has the type " + declared.getTypeName()
                                + ", which cannot be read from text; give that type a static parse(String)")));
    }

    private static Leaf leaf(
            Class<?> owner, RecordComponent component, String name, boolean optional, Converter converter) {
        Optional<String> fallback =
                Optional.ofNullable(component.getAnnotation(Default.class)).map(Default::value);
        boolean blankCounts = component.isAnnotationPresent(AllowEmpty.class);
        if (fallback.isPresent() && optional) {
            throw new RecordException(
                    owner,
                    "the component " + component.getName() + " is Optional and has a default; it can be one of them");
        }
        if (blankCounts && component.getType() != String.class) {
            throw new RecordException(owner, "@AllowEmpty is for a String, which " + component.getName() + " is not");
        }
        fallback.ifPresent(text -> checkDefault(owner, component, converter, text));
        String doc = Optional.ofNullable(component.getAnnotation(Doc.class))
                .map(Doc::value)
                .orElse("");
        boolean required = fallback.isEmpty() && !optional && !blankCounts;
        return new Leaf(
                new Variable(name, converter.type(), required, fallback, doc, converter.secret()),
                converter,
                optional,
                blankCounts);
    }

    private static void checkDefault(Class<?> owner, RecordComponent component, Converter converter, String text) {
        try {
            var unused = converter.parse().apply(text);
        } catch (IllegalArgumentException e) {
            throw new RecordException(
                    owner, "the default of " + component.getName() + ", \"" + text + "\", " + e.getMessage());
        }
    }

    private static String capitalised(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    List<Part> parts() {
        return parts;
    }

    /** What a problem of the record as a whole is filed under: its own name, or what its variables begin with. */
    String title() {
        return title;
    }

    /** Every variable, nested ones in their place. */
    List<Leaf> leaves() {
        List<Leaf> leaves = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Leaf leaf) {
                leaves.add(leaf);
            } else if (part instanceof Nested nested) {
                leaves.addAll(nested.shape().leaves());
            }
        }
        return leaves;
    }

    /** The record; its compact constructor's exception is passed on as it is. */
    Record create(Object[] values) throws InvocationTargetException {
        try {
            Class<?>[] types = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            Constructor<? extends Record> canonical = type.getDeclaredConstructor(types);
            canonical.setAccessible(true);
            return canonical.newInstance(values);
        } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
