package dev.twelvefactor.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The converter of each type that a component may have. */
final class Converters {
    static final String SERVICE_URL = "service URL";
    static final String BOOLEAN = "boolean";
    private static final String MAP_OF = "map of ";

    private static final Map<String, Boolean> BOOLEANS = Map.of(
            "true", true, "1", true, "yes", true, "on", true, "false", false, "0", false, "no", false, "off", false);

    private Converters() {}

    /** The converter of a component's type, or empty if that type cannot be read from text. */
    static Optional<Converter> of(Type type, Conversions conversions) {
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            return ofCollection(raw, generic.getActualTypeArguments(), conversions);
        }
        return type instanceof Class<?> plain ? ofClass(plain, conversions) : Optional.empty();
    }

    private static Optional<Converter> ofClass(Class<?> type, Conversions conversions) {
        if (type.isRecord() && type != Port.class && type != DataSize.class) {
            // Of the app's own, to be read from one text or to be nested; no library type needs to be looked at.
            Optional<Converter> registered = conversions.of(type);
            return registered.isPresent() ? registered : ofOwnType(type);
        }
        // Step by step: a chain of suppliers costs a cold start a class for each.
        Optional<Converter> known = conversions.of(type);
        known = known.isPresent() ? known : ofText(type);
        known = known.isPresent() ? known : ofNumber(type);
        known = known.isPresent() ? known : ofTime(type);
        known = known.isPresent() ? known : ofOther(type);
        if (known.isPresent()) {
            return known;
        }
        return type.isEnum() ? Optional.of(ofEnum(type)) : ofOwnType(type);
    }

    private static Optional<Converter> ofText(Class<?> type) {
        if (type == String.class) {
            return Optional.of(Converter.of("text", text -> text));
        }
        if (type == boolean.class || type == Boolean.class) {
            return Optional.of(Converter.of(BOOLEAN, "true or false", text -> {
                Boolean value = BOOLEANS.get(text.strip().toLowerCase(Locale.ROOT));
                if (value == null) {
                    throw new IllegalArgumentException(text);
                }
                return value;
            }));
        }
        if (type == char.class || type == Character.class) {
            return Optional.of(Converter.of("character", "exactly one", text -> {
                if (text.length() != 1) {
                    throw new IllegalArgumentException(text);
                }
                return text.charAt(0);
            }));
        }
        if (type == Secret.class) {
            return Optional.of(Converter.of("secret", Secret::of)
                    .secretSuchAs("write the secret itself, or set the name with _FILE to a file that holds it"));
        }
        if (type == RotatingSecret.class) {
            return Optional.of(Converter.of("secret", RotatingSecret::of)
                    .secretSuchAs("set the name with _FILE to a file that holds it, or write the secret itself"));
        }
        if (type == ServiceUrl.class) {
            return Optional.of(Converter.of(SERVICE_URL, ServiceUrl::parse).secretSuchAs("write " + ServiceUrl.FORM));
        }
        return Optional.empty();
    }

    private static Optional<Converter> ofNumber(Class<?> type) {
        if (type == byte.class || type == Byte.class) {
            return Optional.of(whole(Byte.MIN_VALUE, Byte.MAX_VALUE, type));
        }
        if (type == short.class || type == Short.class) {
            return Optional.of(whole(Short.MIN_VALUE, Short.MAX_VALUE, type));
        }
        if (type == int.class || type == Integer.class) {
            return Optional.of(whole(Integer.MIN_VALUE, Integer.MAX_VALUE, type));
        }
        if (type == long.class || type == Long.class) {
            return Optional.of(whole(Long.MIN_VALUE, Long.MAX_VALUE, type));
        }
        if (type == float.class || type == Float.class) {
            return Optional.of(Converter.of(
                    "number", "one such as 0.5", text -> finite(new BigDecimal(text.strip()).floatValue())));
        }
        if (type == double.class || type == Double.class) {
            return Optional.of(Converter.of(
                    "number", "one such as 0.5", text -> finite(new BigDecimal(text.strip()).doubleValue())));
        }
        if (type == BigDecimal.class) {
            return Optional.of(Converter.of("number", "one such as 0.5", text -> new BigDecimal(text.strip())));
        }
        return Optional.empty();
    }

    private static Converter whole(long least, long most, Class<?> type) {
        return Converter.of(
                "whole number",
                "one from " + least + " to " + most,
                text -> narrow(new BigInteger(text.strip()), type));
    }

    private static Object narrow(BigInteger number, Class<?> type) {
        if (type == byte.class || type == Byte.class) {
            return number.byteValueExact();
        }
        if (type == short.class || type == Short.class) {
            return number.shortValueExact();
        }
        return type == int.class || type == Integer.class ? (Object) number.intValueExact() : number.longValueExact();
    }

    private static <N extends Number> N finite(N number) {
        if (!Double.isFinite(number.doubleValue())) {
            throw new IllegalArgumentException("not finite");
        }
        return number;
    }

    private static Optional<Converter> ofTime(Class<?> type) {
        if (type == Duration.class) {
            return Optional.of(
                    Converter.of("duration", Durations::parse).shownBy(value -> Durations.format((Duration) value)));
        }
        if (type == Period.class) {
            return Optional.of(Converter.of("period", "one such as P30D or P1Y2M", text -> Period.parse(text.strip())));
        }
        if (type == Instant.class) {
            return Optional.of(
                    Converter.of("instant", "one such as 2026-01-31T12:00:00Z", text -> Instant.parse(text.strip())));
        }
        if (type == LocalDate.class) {
            return Optional.of(Converter.of("date", "one such as 2026-01-31", text -> LocalDate.parse(text.strip())));
        }
        if (type == ZoneId.class) {
            return Optional.of(
                    Converter.of("time zone", "one such as Europe/Berlin or UTC", text -> ZoneId.of(text.strip())));
        }
        return Optional.empty();
    }

    private static Optional<Converter> ofOther(Class<?> type) {
        if (type == Port.class) {
            return Optional.of(
                    Converter.of("port", "a number from 0 to 65535", text -> new Port(Integer.parseInt(text.strip()))));
        }
        if (type == DataSize.class) {
            return Optional.of(Converter.of("size", DataSize::parse));
        }
        if (type == URI.class) {
            return Optional.of(
                    Converter.of("URI", "one such as https://example.org/path", text -> URI.create(text.strip())));
        }
        if (type == Path.class) {
            return Optional.of(Converter.of("path", "one such as /var/data", Path::of));
        }
        if (type == InetSocketAddress.class) {
            return Optional.of(Converter.of("address", "host:port or [IPv6]:port", Converters::address));
        }
        if (type == Charset.class) {
            return Optional.of(Converter.of("charset", "one such as UTF-8", text -> Charset.forName(text.strip())));
        }
        if (type == Locale.class) {
            return Optional.of(Converter.of("locale", "a language tag such as en-GB", text -> new Locale.Builder()
                    .setLanguageTag(text.strip())
                    .build()));
        }
        if (type == Pattern.class) {
            return Optional.of(Converter.of("regular expression", "one that compiles", Pattern::compile));
        }
        if (type == UUID.class) {
            return Optional.of(
                    Converter.of("UUID", "one such as 123e4567-e89b-12d3-a456-426614174000", Converters::uuid));
        }
        return Optional.empty();
    }

    /** In its one form: the JDK's own reader fills up what is too short. */
    private static UUID uuid(String text) {
        UUID uuid = UUID.fromString(text.strip());
        if (!uuid.toString().equalsIgnoreCase(text.strip())) {
            throw new IllegalArgumentException(text);
        }
        return uuid;
    }

    private static InetSocketAddress address(String given) {
        String text = given.strip();
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty() || (host.contains(":") && !bracketed)) {
            throw new IllegalArgumentException(text);
        }
        String name = bracketed ? host.substring(1, host.length() - 1) : host;
        return InetSocketAddress.createUnresolved(name, new Port(Integer.parseInt(text.substring(colon + 1))).number());
    }

    private static Converter ofEnum(Class<?> type) {
        Map<String, Object> constants = new LinkedHashMap<>();
        for (Object constant : type.getEnumConstants()) {
            constants.put(choice(((Enum<?>) constant).name()), constant);
        }
        String choices = String.join(", ", constants.keySet());
        return Converter.of("choice", text -> {
                    Object constant = constants.get(choice(text.strip()));
                    if (constant == null) {
                        throw new IllegalArgumentException("is none of the choices; write one of " + choices);
                    }
                    return constant;
                })
                .describedAs("one of " + choices)
                .shownBy(value -> choice(((Enum<?>) value).name()));
    }

    /** As people write it in a variable: {@code x-forwarded-for}. */
    private static String choice(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** An app's own type: {@code static T parse(String)}, {@code static T valueOf(String)} or a constructor of one String. */
    private static Optional<Converter> ofOwnType(Class<?> type) {
        for (String name : List.of("parse", "valueOf")) {
            Optional<Method> factory = Arrays.stream(type.getDeclaredMethods())
                    .filter(method -> method.getName().equals(name)
                            && Modifier.isStatic(method.getModifiers())
                            && type.isAssignableFrom(method.getReturnType())
                            && Arrays.equals(method.getParameterTypes(), new Class<?>[] {String.class}))
                    .findFirst();
            if (factory.isPresent()) {
                Method method = factory.get();
                method.setAccessible(true);
                return Optional.of(ownType(type, text -> method.invoke(null, text)));
            }
        }
        return Arrays.stream(type.getDeclaredConstructors())
                .filter(constructor -> Arrays.equals(constructor.getParameterTypes(), new Class<?>[] {String.class}))
                .findFirst()
                .map(constructor -> ownType(type, opened(constructor)::newInstance));
    }

    private static Constructor<?> opened(Constructor<?> constructor) {
        constructor.setAccessible(true);
        return constructor;
    }

    @FunctionalInterface
    private interface Factory {
        Object create(String text) throws ReflectiveOperationException;
    }

    private static Converter ownType(Class<?> type, Factory factory) {
        String name =
                Names.VARIABLE.words(type.getSimpleName()).replace('_', ' ').toLowerCase(Locale.ROOT);
        return Converter.of(name, text -> {
            try {
                return factory.create(text);
            } catch (InvocationTargetException e) {
                String why = Optional.ofNullable(e.getCause())
                        .map(Throwable::getMessage)
                        .orElse("it was refused");
                throw new IllegalArgumentException("is not a valid " + name + ": " + why, e);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static Optional<Converter> ofCollection(Class<?> raw, Type[] arguments, Conversions conversions) {
        if (raw == List.class) {
            return of(arguments[0], conversions)
                    .map(item -> collection("list of ", item, values -> List.copyOf(values)));
        }
        if (raw == Set.class) {
            return of(arguments[0], conversions)
                    .map(item -> collection(
                            "set of ", item, values -> Collections.unmodifiableSet(new LinkedHashSet<>(values))));
        }
        if (raw == Map.class && arguments[0] instanceof Class<?> key) {
            return ofClass(key, conversions)
                    .flatMap(keys -> of(arguments[1], conversions).map(values -> map(keys, values)));
        }
        return Optional.empty();
    }

    private static Converter collection(String kind, Converter item, Function<List<Object>, Object> collect) {
        Function<List<String>, Object> parseItems = items -> collect.apply(
                items.stream().map(part -> convertItem(item, part)).collect(Collectors.toList()));
        return new Converter(
                kind + item.type(),
                "write items with commas between them",
                item.secret(),
                text -> parseItems.apply(items(text)),
                parseItems,
                value -> joined(((java.util.Collection<?>) value).stream().map(item.show())));
    }

    private static Converter map(Converter keys, Converter values) {
        return new Converter(
                MAP_OF + keys.type() + " to " + values.type(),
                "write key=value,key=value",
                keys.secret() || values.secret(),
                text -> {
                    Map<Object, Object> map = new LinkedHashMap<>();
                    for (String entry : items(text)) {
                        int equals = entry.indexOf('=');
                        if (equals < 1) {
                            throw new IllegalArgumentException("has an entry without a key; write key=value,key=value");
                        }
                        Object key =
                                convertItem(keys, entry.substring(0, equals).strip());
                        if (map.put(
                                        key,
                                        convertItem(
                                                values,
                                                entry.substring(equals + 1).strip()))
                                != null) {
                            throw new IllegalArgumentException("has one key twice; write each key once");
                        }
                    }
                    return Collections.unmodifiableMap(map);
                },
                null,
                value -> ((Map<?, ?>) value)
                        .entrySet().stream()
                                .map(entry -> keys.show().apply(entry.getKey()) + "="
                                        + values.show().apply(entry.getValue()))
                                .collect(Collectors.joining(",")));
    }

    private static Object convertItem(Converter item, String text) {
        try {
            return item.parse().apply(text);
        } catch (IllegalArgumentException e) {
            String which = item.secret() ? "an item that " : "the item " + Shown.quoted(text) + ", which ";
            throw new IllegalArgumentException("has " + which + e.getMessage(), e);
        }
    }

    /** What stands alone in a text of several items: each item, or each value of a map. */
    static List<String> parts(Converter converter, Environment.Value value) {
        if (converter.many()) {
            return value.items().orElseGet(() -> items(value.text()));
        }
        return converter.type().startsWith(MAP_OF)
                ? items(value.text()).stream()
                        .map(entry -> entry.substring(entry.indexOf('=') + 1).strip())
                        .toList()
                : List.of();
    }

    /** Items as one text, which {@link #items} takes apart again. */
    static String joined(Stream<String> items) {
        return items.map(item -> item.replace(",", "\\,")).collect(Collectors.joining(","));
    }

    /** Splits at commas; {@code \,} is a comma in an item; white space around an item is not part of it; nothing is no item. */
    static List<String> items(String text) {
        List<String> items = new ArrayList<>();
        StringBuilder item = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && text.charAt(i + 1) == ',') {
                item.append(',');
                i++;
            } else if (c == ',') {
                items.add(item.toString().strip());
                item.setLength(0);
            } else {
                item.append(c);
            }
        }
        items.add(item.toString().strip());
        items.removeIf(String::isEmpty);
        return items;
    }
}
