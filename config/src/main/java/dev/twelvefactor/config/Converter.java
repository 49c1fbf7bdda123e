package dev.twelvefactor.config;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Text to a value. {@code parse} refuses with an {@link IllegalArgumentException} whose message goes on after the quoted text: {@code is not a
 * port; write …}.
 *
 * @param type the type in words, for {@code --help}
 * @param instead what to write, as an imperative: {@code write a number from 0 to 65535}
 * @param secret whether neither the text nor the value may be shown
 * @param parseItems the same from items that come one by one, as a command line has them; null if there is only one
 */
record Converter(
        String type,
        String instead,
        boolean secret,
        Function<String, Object> parse,
        @Nullable Function<List<String>, Object> parseItems,
        Function<Object, String> show) {

    private static final Function<Object, String> AS_IT_IS = Object::toString;

    /** A parser that says itself what is wrong. */
    static Converter of(String type, Function<String, Object> parse) {
        return new Converter(type, "write " + article(type) + type, false, parse, null, AS_IT_IS);
    }

    /** A parser of someone else's, whose message would not tell an operator what to write. */
    static Converter of(String type, String instead, Function<String, Object> parse) {
        Function<String, Object> explained = text -> {
            try {
                return parse.apply(text);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException("is not " + article(type) + type + "; write " + instead, e);
            }
        };
        return new Converter(type, "write " + instead, false, explained, null, AS_IT_IS);
    }

    /** Whether it takes several items: with commas between them, or one by one. */
    boolean many() {
        return parseItems != null;
    }

    /** The value; items that came one by one are never joined, since what joins them may be part of them. */
    Object convert(Environment.Value value) {
        return parseItems != null && value.items().isPresent()
                ? parseItems.apply(value.items().get())
                : parse.apply(value.text());
    }

    Converter secretSuchAs(String example) {
        return new Converter(type, example, true, parse, parseItems, show);
    }

    Converter describedAs(String words) {
        return new Converter(words, "write " + words, secret, parse, parseItems, show);
    }

    Converter shownBy(Function<Object, String> format) {
        return new Converter(type, instead, secret, parse, parseItems, format);
    }

    private static String article(String noun) {
        return "aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : noun.equals("text") ? "some " : "a ";
    }
}
