package dev.twelvefactor.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The header fields of a request: the values of the one with this name, in whatever case it is written. */
@FunctionalInterface
interface Fields {
    /** No fields. */
    Fields NONE = name -> List.of();

    /** Those that every request is asked for; from a text, Undertow has to make a name first. */
    Map<String, HttpString> NAMES = Stream.of(
                    "traceparent",
                    "tracestate",
                    "baggage",
                    "X-Request-Id",
                    "Host",
                    "User-Agent",
                    "Cookie",
                    "Content-Type")
            .collect(Collectors.toUnmodifiableMap(name -> name, HttpString::new));

    List<String> all(String name);

    /** Those that Undertow has read. They are not copied: most handlers ask for few of them, and nobody changes them any more. */
    static Fields of(HeaderMap read) {
        return name -> {
            HttpString known = NAMES.get(name);
            HeaderValues values = known == null ? read.get(name) : read.get(known);
            return values == null ? List.of() : values;
        };
    }

    default Optional<String> first(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    /** The same with this value in the place of others. */
    default Fields with(String name, String value) {
        List<String> values = List.of(value);
        return asked -> asked.equalsIgnoreCase(name) ? values : all(asked);
    }
}
