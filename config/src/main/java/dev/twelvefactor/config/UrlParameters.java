package dev.twelvefactor.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parameters of a service URL, each read by its name; {@link #end()} tells of all that are wrong, and of those that nobody read.
 *
 * <pre>{@code
 * UrlParameters parameters = UrlParameters.of(url);
 * int most = parameters.number("pool.max", 10, 1, 1000);
 * Duration wait = parameters.duration("pool.timeout", Duration.ofSeconds(3), Duration.ofMinutes(1));
 * parameters.end();
 * }</pre>
 */
public final class UrlParameters {
    private final ServiceUrl url;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<ConfigException> refusals = new ArrayList<>();

    private UrlParameters(ServiceUrl url) {
        this.url = url;
    }

    /** The parameters of this URL, none of them read yet. */
    public static UrlParameters of(ServiceUrl url) {
        return new UrlParameters(url);
    }

    /** Text, as it is. A blank one counts as absent, as everywhere. */
    public Optional<String> text(String name) {
        known.add(name);
        return Optional.ofNullable(url.parameters().get(name)).filter(text -> !text.isBlank());
    }

    /** One of these words. */
    public String oneOf(String name, String fallback, List<String> words) {
        String text = text(name).orElse(fallback);
        return words.contains(text)
                ? text
                : refuse(name, "is none of its values; write " + String.join(", ", words), fallback);
    }

    /** True or false. */
    public boolean flag(String name, boolean fallback) {
        return Boolean.parseBoolean(oneOf(name, Boolean.toString(fallback), List.of("true", "false")));
    }

    /** A whole number. */
    public int number(String name, int fallback, int least, int most) {
        String text = text(name).orElse(Integer.toString(fallback));
        boolean fits = text.matches("\\d{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most;
        return fits ? Integer.parseInt(text) : refuse(name, "is not a number from " + least + " to " + most, fallback);
    }

    /** A time of at least a millisecond, with its unit: {@code 3s}. */
    public Duration duration(String name, Duration fallback, Duration most) {
        return text(name).map(text -> duration(name, text, fallback, most)).orElse(fallback);
    }

    /** The same where the service's own dialect has a bare number, which counts such units: {@code connect_timeout=3}. */
    public Duration duration(String name, Duration fallback, Duration most, Duration unitOfBareNumber) {
        Optional<String> bare = text(name).filter(text -> text.matches("\\d{1,9}"));
        return bare.isPresent()
                ? bounded(name, unitOfBareNumber.multipliedBy(Long.parseLong(bare.get())), fallback, most)
                : duration(name, fallback, most);
    }

    private Duration duration(String name, String text, Duration fallback, Duration most) {
        try {
            return bounded(name, Durations.parse(text), fallback, most);
        } catch (IllegalArgumentException e) {
            return refuse(name, String.valueOf(e.getMessage()), fallback);
        }
    }

    private Duration bounded(String name, Duration given, Duration fallback, Duration most) {
        return given.compareTo(Duration.ofMillis(1)) >= 0 && given.compareTo(most) <= 0
                ? given
                : refuse(name, "is not a time from 1ms to " + Durations.format(most), fallback);
    }

    /** Notes that a parameter is wrong. Its value is not repeated: it may be a secret in the wrong place. */
    public void refuse(String name, String why) {
        refusals.add(url.refused("has a parameter, " + Shown.plain(name) + ", that " + why));
    }

    private <T> T refuse(String name, String why, T fallback) {
        refuse(name, why);
        return fallback;
    }

    /**
     * Says that everything was read.
     *
     * @throws ConfigException if a parameter is wrong, or none of those that were read; the known ones are in its message
     */
    public void end() {
        for (String name : url.parameters().keySet()) {
            if (!known.contains(name)) {
                String advice = Suggestions.nearest(name, known)
                        .map(near -> "did you mean " + near + "?")
                        .orElseGet(() -> known.isEmpty()
                                ? "none is known"
                                : "known are " + String.join(", ", new TreeSet<>(known)));
                refusals.add(url.refused("has an unknown parameter, " + Shown.plain(name) + "; " + advice));
            }
        }
        if (!refusals.isEmpty()) {
            throw ConfigException.joined(refusals);
        }
    }
}
