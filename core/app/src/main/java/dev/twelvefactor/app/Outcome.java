package dev.twelvefactor.app;

import dev.twelvefactor.lifecycle.ProcessEnd;

/** How a process has ended: the one place that knows which status that is, and what the audit event calls it. */
sealed interface Outcome {
    /** What the process ends with. */
    int status();

    /** What it is called in the audit event of a task. */
    String word();

    /** Drained in time; of a task, it has done its work. */
    record Succeeded() implements Outcome {
        @Override
        public int status() {
            return ExitStatus.OK;
        }

        @Override
        public String word() {
            return "succeeded";
        }
    }

    /** It could not start, its work failed, or the drain missed its deadline. */
    record Failed(int status) implements Outcome {
        @Override
        public String word() {
            return "failed";
        }
    }

    /** Another run has the lease. */
    record Refused() implements Outcome {
        @Override
        public int status() {
            return ExitStatus.BUSY;
        }

        @Override
        public String word() {
            return "refused";
        }
    }

    /**
     * A signal came before a task had done its work, or before it began.
     *
     * @param signal {@code SIGTERM}
     */
    record CutShort(String signal) implements Outcome {
        @Override
        public int status() {
            return ProcessEnd.killedBy(signal);
        }

        @Override
        public String word() {
            return "cut_short";
        }
    }

    /** Something has called {@code System.exit}. The JVM ends with the status of that call, and only the JVM knows which that is. */
    record Exited() implements Outcome {
        @Override
        public int status() {
            return ExitStatus.FAILED;
        }

        @Override
        public String word() {
            return "exited";
        }
    }

    /** Whether the status is known here. */
    default boolean isStatusKnown() {
        return !(this instanceof Exited);
    }
}
