package dev.twelvefactor.config;

import java.util.List;

/** The configuration is invalid: the operator has something to mend. The message is the whole report, without any secret. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        // No cause: the exceptions of converters and client libraries repeat what they were given.
        super(Report.of("The configuration is invalid", problems));
        this.problems = List.copyOf(problems);
    }

    /** What a library finds wrong with variables that it reads by itself. */
    public static ConfigException of(String variable, String message) {
        return new ConfigException(List.of(Problem.missing(variable, message)));
    }

    /** One exception with the problems of all of these. */
    public static ConfigException joined(List<ConfigException> some) {
        return new ConfigException(
                some.stream().flatMap(e -> e.problems().stream()).distinct().toList());
    }

    /** Every problem, in the order in which the records declare their variables. */
    public List<Problem> problems() {
        return problems;
    }
}
