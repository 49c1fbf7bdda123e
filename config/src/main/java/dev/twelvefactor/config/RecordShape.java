package dev.twelvefactor.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A record type as the binder sees it: variables to read and records to nest. Whatever cannot be bound is found here, once. */
final class RecordShape {
    /**
     * {@code static R fromComponents(Object[] values)}: what a record with many components may have. For each shape of constructor that reflection calls, the JVM makes
     * a class for every other parameter, and a start waits for them.
     */
    private static final String FROM_COMPONENTS = "fromComponents";

    /** What reflection says of a type once, it says for ever. */
    private static final ClassValue<RecordShape> USUAL = new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
            return made(type.asSubclass(Record.class), Names.VARIABLE, Conversions.standard());
        }
    };

    private final Class<? extends Record> type;
    private final String title;
    private final List<Part> parts;
    private final Maker maker;

    private RecordShape(Class<? extends Record> type, String title, List<Part> parts, Maker maker) {
        this.type = type;
        this.title = title;
        this.parts = parts;
        this.maker = maker;
    }

    /** Makes the record from the values of its components. */
    private interface Maker {
        Object make(Object[] values) throws ReflectiveOperationException;
    }

    sealed interface Part permits Leaf, Nested {}

    /** A component that one variable fills; {@code fallback} is {@link Default}, {@code blankCounts} is {@link AllowEmpty}. */
    record Leaf(
            Variable variable,
            Converter converter,
            Optional<String> fallback,
            boolean optional,
            boolean blankCounts,
            boolean namedSecret)
            implements Part {
        boolean isSecret() {
            return converter.secret() || namedSecret;
        }

        /** Whether its place on a command line says what it is: its name is in angle brackets, which no other has. */
        boolean isArgument() {
            return variable.name().startsWith("<");
        }

        /** Whether it is an option that takes no value: to name it is to say true. */
        boolean isFlag() {
            return RecordShape.isFlag(variable.name(), converter);
        }

        boolean isServiceUrl() {
            return converter.type().equals(Converters.SERVICE_URL);
        }

        /** Whether a value is plain text that only its name tells to be secret. */
        boolean hides(Object converted) {
            return RecordShape.hides(converter, namedSecret, converted);
        }

        String shown(Object converted) {
            return RecordShape.shown(converter, namedSecret, converted);
        }
    }

    private static boolean isFlag(String name, Converter converter) {
        return name.startsWith("-") && converter.type().equals(Converters.BOOLEAN);
    }

    /** Of what is named like a secret, only what can hold none is shown. */
    private static boolean hides(Converter converter, boolean namedSecret, Object value) {
        boolean harmless = value instanceof Number
                || value instanceof Boolean
                || value instanceof Enum<?>
                || value instanceof Duration
                || value instanceof DataSize
                || value instanceof Port;
        return namedSecret && !converter.secret() && !harmless;
    }

    private static String shown(Converter converter, boolean namedSecret, Object value) {
        if (hides(converter, namedSecret, value)) {
            return Secret.MASK;
        }
        String text = converter.show().apply(value);
        return converter.secret() ? text : Shown.plain(text);
    }

    /** A component that is a record; an optional one is there when any of its variables is. */
    record Nested(RecordShape shape, boolean optional) implements Part {}

    static RecordShape of(Class<? extends Record> type, Names names, Conversions conversions) {
        return names == Names.VARIABLE && conversions == Conversions.standard()
                ? USUAL.get(type)
                : made(type, names, conversions);
    }

    private static RecordShape made(Class<? extends Record> type, Names names, Conversions conversions) {
        return of(type, new Place(names, conversions, "", Set.of()), type.getSimpleName());
    }

    /** Where a record stands: what the names of its variables begin with, and the records that it is in. */
    private record Place(Names names, Conversions conversions, String prefix, Set<Class<?>> around) {
        String name(RecordComponent component) {
            return prefix.isEmpty() ? names.of(component.getName()) : names.nested(prefix, component.getName());
        }

        String argument(Class<?> owner, RecordComponent component) {
            if (names != Names.OPTION || !prefix.isEmpty()) {
                throw new RecordException(
                        owner,
                        "@Argument is for a command line's own record; " + component.getName()
                                + " is read from elsewhere");
            }
            return "<" + names.words(component.getName()).toLowerCase(Locale.ROOT) + ">";
        }

        Place inside(Class<?> owner, String name) {
            Set<Class<?>> more = new HashSet<>(around);
            more.add(owner);
            return new Place(names, conversions, name, more);
        }
    }

    private static RecordShape of(Class<? extends Record> type, Place place, String title) {
        if (place.around().contains(type)) {
            throw new RecordException(type, "it contains itself, so its variables have no end");
        }
        List<Part> parts = new ArrayList<>();
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            parts.add(part(type, components[i], place));
            types[i] = components[i].getType();
        }
        return new RecordShape(type, title, List.copyOf(parts), maker(type, types));
    }

    /** By {@value #FROM_COMPONENTS} of the record's own, else by its canonical constructor. */
    private static Maker maker(Class<? extends Record> type, Class<?>[] types) {
        try {
            Method own = type.getDeclaredMethod(FROM_COMPONENTS, Object[].class);
            own.setAccessible(true);
            return values -> own.invoke(null, (Object) values);
        } catch (NoSuchMethodException e) {
            return canonical(type, types);
        }
    }

    private static Maker canonical(Class<? extends Record> type, Class<?>[] types) {
        try {
            Constructor<? extends Record> canonical = type.getDeclaredConstructor(types);
            canonical.setAccessible(true);
            return canonical::newInstance;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Part part(Class<?> owner, RecordComponent component, Place place) {
        Type declared = component.getGenericType();
        boolean optional = component.getType() == Optional.class;
        Type content = optional && declared instanceof ParameterizedType of ? of.getActualTypeArguments()[0] : declared;
        String derived = place.name(component);
        Optional<Converter> converter = Converters.of(content, place.conversions());
        if (converter.isEmpty() && content instanceof Class<?> nested && nested.isRecord()) {
            Class<? extends Record> record = nested.asSubclass(Record.class);
            return new Nested(of(record, place.inside(owner, derived), derived), optional);
        }
        Env env = component.getAnnotation(Env.class);
        String name = env == null ? derived : env.value();
        if (component.isAnnotationPresent(Argument.class)) {
            name = place.argument(owner, component);
        }
        if (converter.isEmpty()) {
            throw new RecordException(
                    owner,
                    "the component " + component.getName() + " has the type " + declared.getTypeName()
                            + ", which cannot be read from text; give that type a static parse(String)");
        }
        return leaf(owner, component, name, optional, converter.get());
    }

    private static Leaf leaf(
            Class<?> owner, RecordComponent component, String name, boolean optional, Converter converter) {
        Default annotation = component.getAnnotation(Default.class);
        Optional<String> declared = annotation == null ? Optional.empty() : Optional.of(annotation.value());
        boolean absentFlag = declared.isEmpty() && !optional && isFlag(name, converter);
        Optional<String> fallback = absentFlag ? Optional.of("false") : declared;
        boolean blankCounts = component.isAnnotationPresent(AllowEmpty.class);
        if (fallback.isPresent() && optional) {
            throw new RecordException(
                    owner,
                    "the component " + component.getName() + " is Optional and has a default; it can be one of them");
        }
        if (blankCounts && component.getType() != String.class) {
            throw new RecordException(owner, "@AllowEmpty is for a String, which " + component.getName() + " is not");
        }
        boolean namedSecret = Shown.namesASecret(name);
        Optional<String> shownFallback = declared;
        if (declared.isPresent()) {
            Object value = converted(owner, component, name, converter, declared.get());
            if (converter.secret() || hides(converter, namedSecret, value)) {
                shownFallback = Optional.of(shown(converter, namedSecret, value));
            }
        }
        Doc doc = component.getAnnotation(Doc.class);
        boolean required = fallback.isEmpty() && !optional && !blankCounts;
        return new Leaf(
                new Variable(
                        name,
                        converter.type(),
                        required,
                        shownFallback,
                        doc == null ? "" : doc.value(),
                        converter.secret()),
                converter,
                fallback,
                optional,
                blankCounts,
                namedSecret);
    }

    private static Object converted(
            Class<?> owner, RecordComponent component, String name, Converter converter, String text) {
        try {
            return converter.parse().apply(text);
        } catch (IllegalArgumentException e) {
            boolean hidden = converter.secret() || Shown.namesASecret(name);
            String why = Shown.without(hidden ? Set.of(text) : Set.of(), String.valueOf(e.getMessage()));
            throw new RecordException(
                    owner, "the default of " + component.getName() + (hidden ? " " : ", \"" + text + "\", ") + why);
        }
    }

    /** The exception for a constructor that failed where it should refuse: a defect of the record, not of the environment. */
    RecordException failed(Throwable cause) {
        return new RecordException(
                type,
                "its constructor failed with " + cause.getClass().getName()
                        + "; to refuse values it throws IllegalArgumentException");
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

    /** Every variable as it is told to a reader: of a record that may be absent as a whole, none is required. */
    List<Variable> variables() {
        List<Variable> variables = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Leaf leaf) {
                variables.add(leaf.variable());
            } else if (part instanceof Nested nested) {
                nested.shape().variables().stream()
                        .map(variable -> nested.optional() ? variable.optional() : variable)
                        .forEach(variables::add);
            }
        }
        return variables;
    }

    /** What the variables of nested records begin with: {@code POOL_} of {@code POOL_MAX}. */
    List<String> prefixes() {
        List<String> prefixes = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Nested nested) {
                prefixes.add(nested.shape().title() + "_");
                prefixes.addAll(nested.shape().prefixes());
            }
        }
        return prefixes;
    }

    /** The record; its compact constructor's exception is passed on as it is. */
    Record create(Object[] values) throws InvocationTargetException {
        try {
            return (Record) maker.make(values);
        } catch (InvocationTargetException e) {
            throw e;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
