package dev.twelvefactor.benchmarks.comparison;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of raw.csv: one figure, or one fact about the run.
 *
 * @param run when the run began
 * @param round the pair: contenders that were measured in one round of a generation are compared with each other
 * @param generation the processes: each generation has new ones
 */
record Measurement(String run, Series series, int round, int generation, String value, String unit) {
    static final String HEADER = "run,measure,work,variant,jdk,contender,round,generation,value,unit";

    /** What is measured, and of whom; a part that does not matter is blank. */
    record Series(String measure, String work, String variant, String jdk, String contender) {
        Series of(String otherContender) {
            return new Series(measure, work, variant, jdk, otherContender);
        }

        Series as(String otherVariant) {
            return new Series(measure, work, otherVariant, jdk, contender);
        }

        Series measuring(String otherMeasure) {
            return new Series(otherMeasure, work, variant, jdk, contender);
        }
    }

    double number() {
        return Double.parseDouble(value);
    }

    /** Those measured at the same time have the same. */
    String pair() {
        return run + "/" + generation + "/" + round;
    }

    String line() {
        List<String> fields = List.of(
                run,
                series.measure(),
                series.work(),
                series.variant(),
                series.jdk(),
                series.contender(),
                Integer.toString(round),
                Integer.toString(generation),
                value,
                unit);
        return String.join(",", fields.stream().map(Measurement::quoted).toList());
    }

    private static String quoted(String field) {
        return field.contains(",") || field.contains("\"") ? "\"" + field.replace("\"", "\"\"") + "\"" : field;
    }

    static Measurement parse(String line) {
        List<String> fields = fields(line);
        if (fields.size() != 10) {
            throw new IllegalArgumentException("not a line of raw.csv: " + line);
        }
        Series series = new Series(fields.get(1), fields.get(2), fields.get(3), fields.get(4), fields.get(5));
        return new Measurement(
                fields.get(0),
                series,
                Integer.parseInt(fields.get(6)),
                Integer.parseInt(fields.get(7)),
                fields.get(8),
                fields.get(9));
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
