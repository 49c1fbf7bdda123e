package dev.twelvefactor.config;

import dev.twelvefactor.config.Environment.Reading;
import dev.twelvefactor.config.Environment.Value;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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
        if (reading.isAbsent()) {
            reading = ServiceBinding.read(environment, name);
        }
        String more = name + PARAMETERS_SUFFIX;
        if (reading.problem() != null || declared.contains(more)) {
            return reading;
        }
        Reading parameters = environment.read(more, true, false, declared);
        if (parameters.problem() != null) {
            return parameters;
        }
        Optional<Value> url = Optional.ofNullable(reading.value())
                .or(() -> leaf.fallback().map(text -> new Value(text, RecordBinder.DEFAULT)));
        return parameters.value() == null || url.isEmpty()
                ? reading
                : new Reading(with(url.get(), parameters.value()), null);
    }

    private static Value with(Value url, Value parameters) {
        String query = parameters.text().strip().replaceFirst("^[?&]", "");
        Optional<Supplier<String>> current = url.current().map(text -> () -> joined(text.get(), query));
        return new Value(joined(url.text(), query), url.origin() + " and " + parameters.origin(), current);
    }

    /** What the platform says is overruled where both name a parameter. */
    private static String joined(String url, String query) {
        String text = url.strip();
        int mark = text.indexOf('?');
        if (mark < 0 || text.startsWith("jdbc:")) {
            return text + (mark < 0 ? "?" : "&") + query;
        }
        Set<String> names =
                Arrays.stream(query.split("&", -1)).map(ServiceUrlSource::name).collect(Collectors.toSet());
        String kept = Arrays.stream(text.substring(mark + 1).split("&", -1))
                .filter(parameter -> !parameter.isEmpty() && !names.contains(name(parameter)))
                .map(parameter -> parameter + "&")
                .collect(Collectors.joining());
        return text.substring(0, mark + 1) + kept + query;
    }

    private static String name(String parameter) {
        int equals = parameter.indexOf('=');
        return equals < 0 ? parameter : parameter.substring(0, equals);
    }
}
