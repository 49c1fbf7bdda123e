package dev.twelvefactor.config;

import dev.twelvefactor.config.Environment.Reading;
import dev.twelvefactor.config.Environment.Value;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where the text of a service URL comes from: its variable, or else the service binding of that name; behind it what {@code X_PARAMETERS} adds, for a URL that a platform
 * sets and owns.
 */
final class ServiceUrlSource {
    static final String PARAMETERS_SUFFIX = "_PARAMETERS";

    private ServiceUrlSource() {}

    static Reading read(Environment environment, RecordShape.Leaf leaf, Set<String> declared) {
        String name = leaf.variable().name();
        Reading reading = environment.read(name, true, false, declared);
        if (reading.value() == null && reading.problem() == null) {
            reading = ServiceBinding.read(environment, name, leaf.variable().required());
        }
        String more = name + PARAMETERS_SUFFIX;
        if (reading.value() == null || declared.contains(more)) {
            return reading;
        }
        Reading parameters = environment.read(more, true, false, declared);
        if (parameters.problem() != null) {
            return parameters;
        }
        return parameters.value() == null ? reading : new Reading(with(reading.value(), parameters.value()), null);
    }

    private static Value with(Value url, Value parameters) {
        String query = parameters.text().strip().replaceFirst("^[?&]", "");
        Optional<Supplier<String>> current = url.current().map(text -> () -> joined(text.get(), query));
        return new Value(joined(url.text(), query), url.origin() + " and " + parameters.origin(), current);
    }

    private static String joined(String url, String query) {
        String text = url.strip();
        return text + (text.indexOf('?') < 0 ? "?" : text.endsWith("?") || text.endsWith("&") ? "" : "&") + query;
    }
}
