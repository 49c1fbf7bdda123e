package dev.twelvefactor.app;

import dev.twelvefactor.admin.TaskOutput;
import java.io.PrintStream;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Where a process speaks, beside its log.
 *
 * @param out the output of a command whose purpose is output
 * @param err sentences for a person
 * @param tasks what a task shows
 * @param inputEnded whether somebody has read up to the end of stdin
 * @param ready is called when the process is ready
 */
record Outlets(PrintStream out, PrintStream err, TaskOutput tasks, BooleanSupplier inputEnded, Consumer<Ready> ready) {}
