package dev.twelvefactor.admin;

import java.io.PrintStream;
import java.time.Clock;
import java.util.List;

/** What a task shows while it works and in the end: events where a platform reads, text, tables and a bar of progress where a person does. */
public sealed interface TaskOutput permits EventOutput, TerminalOutput {

    /** Where a platform reads: each row an event, progress an event every ten seconds. */
    static TaskOutput events(Clock clock) {
        return new EventOutput(clock);
    }

    /**
     * Where a person reads.
     *
     * @param out for text and tables
     * @param err for the bar
     */
    static TaskOutput terminal(PrintStream out, PrintStream err, Clock clock) {
        return new TerminalOutput(out, err, clock);
    }

    /** Lines of text. Elsewhere than on a terminal an event with this text as its message. */
    void text(String text);

    /**
     * Rows below headings. Elsewhere than on a terminal each row is an event whose fields are named by the headings. A row that is too short has no field for the
     * headings that are left; what a row has beyond the headings is named by its place, such as {@code column_3}.
     *
     * @param title what the rows are: the message of these events
     * @param headings such as {@code author}, {@code created_at}
     */
    void table(String title, List<String> headings, List<? extends List<?>> rows);

    /**
     * Progress that is told from now on.
     *
     * @param what is being done: {@code entries}
     * @param total how many there are
     */
    Progress progress(String what, long total);

    /** How far a task is. Close it when nothing more is to come. Safe for use by several threads. */
    interface Progress extends AutoCloseable {
        /** So many more are done. */
        void advance(long done);

        /** The last word on it. */
        @Override
        void close();
    }
}
