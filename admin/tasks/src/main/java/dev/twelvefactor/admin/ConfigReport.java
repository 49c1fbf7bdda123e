package dev.twelvefactor.admin;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Problem;
import dev.twelvefactor.config.Setting;
import java.util.ArrayList;
import java.util.List;

/** What {@code admin config} prints: every variable with its value, where that came from, and what is wrong with it; no secret. */
public final class ConfigReport {
    private ConfigReport() {}

    /** The report, as lines of aligned columns. */
    public static String of(EnvConfig config) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"VARIABLE", "VALUE", "ORIGIN"});
        for (Setting setting : config.settings()) {
            rows.add(new String[] {
                setting.variable().name(),
                setting.problem().isPresent()
                        ? "!"
                        : setting.shown().map(v -> v.isEmpty() ? "\"\"" : v).orElse("-"),
                setting.origin().orElse(setting.problem().isPresent() ? "missing" : "not set")
            });
        }
        StringBuilder report = new StringBuilder(columns(rows));
        if (!config.problems().isEmpty()) {
            report.append("\nProblems:\n");
            for (Problem problem : config.problems()) {
                report.append("  ").append(problem).append('\n');
            }
        }
        if (!config.warnings().isEmpty()) {
            report.append("\nWarnings:\n");
            for (Problem warning : config.warnings()) {
                report.append("  ").append(warning).append('\n');
            }
        }
        return report.toString();
    }

    /** Rows under each other, each column as wide as its widest cell. */
    public static String columns(List<String[]> rows) {
        int[] widths = new int[rows.stream().mapToInt(row -> row.length).max().orElse(0)];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].codePointCount(0, row[i].length()) + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
