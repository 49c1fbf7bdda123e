package dev.twelvefactor.config;

import java.util.List;

/** Problems as a person reads them: a headline, then one under the other. */
final class Report {
    private Report() {}

    static String of(String headline, List<Problem> problems) {
        int width = problems.stream()
                .mapToInt(problem -> problem.variable().length())
                .max()
                .orElse(0);
        StringBuilder report = new StringBuilder(headline)
                .append(": ")
                .append(problems.size())
                .append(problems.size() == 1 ? " problem." : " problems.");
        for (Problem problem : problems) {
            report.append("\n  ")
                    .append(problem.variable())
                    .append(" ".repeat(width - problem.variable().length() + 2))
                    .append(problem.sentence());
        }
        return report.toString();
    }
}
