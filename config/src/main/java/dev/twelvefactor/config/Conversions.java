package dev.twelvefactor.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * How text becomes a value of a type that has no {@code static parse(String)} of its own and that nobody here knows: a library's, say. It counts inside of lists, sets,
 * maps and optionals too, and goes before what the library would do with that type.
 *
 * <pre>{@code
 * Conversions.standard().with(CurrencyUnit.class, "currency", "one such as EUR", CurrencyUnit::of)
 * }</pre>
 */
public final class Conversions {
    private static final Conversions STANDARD = new Conversions(Map.of());

    private final Map<Class<?>, Converter> own;

    private Conversions(Map<Class<?>, Converter> own) {
        this.own = own;
    }

    /** The types that the library knows, and no others. */
    public static Conversions standard() {
        return STANDARD;
    }

    /**
     * These and one more.
     *
     * @param name the type in a word, for {@code --help}: {@code currency}
     * @param instead what to write, for an operator whose value was refused: {@code one such as EUR}
     * @param parse throws whatever it likes for a text that is none
     */
    public <T> Conversions with(Class<T> type, String name, String instead, Function<String, T> parse) {
        Objects.requireNonNull(type);
        Map<Class<?>, Converter> more = new HashMap<>(own);
        more.put(type, Converter.of(name, instead, text -> Objects.requireNonNull(parse.apply(text))));
        return new Conversions(Map.copyOf(more));
    }

    Optional<Converter> of(Class<?> type) {
        return Optional.ofNullable(own.get(type));
    }
}
