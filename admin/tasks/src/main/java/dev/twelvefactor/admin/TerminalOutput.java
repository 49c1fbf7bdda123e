package dev.twelvefactor.admin;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a task shows a person. */
record TerminalOutput(PrintStream out, PrintStream err, Clock clock) implements TaskOutput {
    private static final Duration BETWEEN_PICTURES = Duration.ofMillis(100);
    private static final int BAR = 30;

    @Override
    public void text(String text) {
        out.println(text);
        out.flush();
    }

    @Override
    public void table(String title, List<String> headings, List<? extends List<?>> rows) {
        List<String[]> cells = new ArrayList<>();
        cells.add(headings.toArray(String[]::new));
        for (List<?> row : rows) {
            cells.add(row.stream().map(TerminalOutput::onOneLine).toArray(String[]::new));
        }
        text(title + "\n" + ConfigReport.columns(cells).stripTrailing());
    }

    /** A value that is no table's and no terminal's command. */
    private static String onOneLine(Object value) {
        return String.valueOf(value).replaceAll("\\p{Cntrl}+", " ");
    }

    @Override
    public Progress progress(String what, long total) {
        return new Paced(clock, BETWEEN_PICTURES, total, (done, last) -> {
            long share = total == 0 ? BAR : done * BAR / total;
            String bar = "#".repeat((int) share) + ".".repeat((int) (BAR - share));
            err.print("\r" + what + " [" + bar + "] " + done + " of " + total + (last ? "\n" : ""));
            err.flush();
        });
    }
}
