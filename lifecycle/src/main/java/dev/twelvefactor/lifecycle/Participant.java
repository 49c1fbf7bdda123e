package dev.twelvefactor.lifecycle;

import java.util.List;

/** Something that has to be drained before the process may end. */
public interface Participant {
    /** What it is called in the log. */
    String name();

    /**
     * Takes nothing new, finishes what is in hand and releases what it holds. It is called once, on a thread of its own, which is interrupted
     * at the deadline.
     *
     * @throws Exception if it failed; the failure is reported and the drain goes on
     */
    void drain(Deadline deadline) throws Exception;

    /** What is still in hand; asked at the deadline, so that the log can name it. */
    default List<Unfinished> unfinished() {
        return List.of();
    }

    /** Called once more for what missed the deadline, after it was named in the log: lets go of it, as by an interrupt. */
    default void abandon() {}
}
