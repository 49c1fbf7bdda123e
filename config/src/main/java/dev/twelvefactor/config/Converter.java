package dev.twelvefactor.config;

import java.util.function.Function;

/**
 * Text to a value. {@code parse} refuses with an {@link IllegalArgumentException} whose message goes on after the quoted text: {@code is not a
 * port; write …}.
 *
 * @param type the type in words, for {@code --help}
 * @param instead what to write, as an imperative: {@code write a number from 0 to 65535}
 * @param secret whether neither the text nor the value may be shown
 */
record Converter(
        String type, String instead, boolean secret, Function<String, Object> parse, Function<Object, String> show) {

    private static final Function<Object, String> AS_IT_IS = Object::toString;

    /** A parser that says itself what is wrong. */
    static Converter of(String type, Function<String, Object> parse) {
        return new Converter(type, "write " + article(type) + type, false, parse, AS_IT_IS);
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
        return new Converter(type, "write " + instead, false, explained, AS_IT_IS);
    }

    /** Whether it takes several items, with commas between them. */
    boolean many() {
        return type.startsWith("list of ") || type.startsWith("set of ");
    }

    Converter secretSuchAs(String example) {
        return new Converter(type, example, true, parse, show);
    }

    Converter describedAs(String words) {
        return new Converter(words, "write " + words, secret, parse, show);
    }

    Converter shownBy(Function<Object, String> format) {
        return new Converter(type, instead, secret, parse, format);
    }

    private static String article(String noun) {
        return "aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : noun.equals("text") ? "some " : "a ";
    }
}
