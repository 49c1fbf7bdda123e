package dev.twelvefactor.lifecycle;

import java.util.Optional;

/**
 * Something that was still in hand at the deadline.
 *
 * @param what a request, a job, a close
 * @param thread the thread that has it in hand; its stack goes to the log
 */
public record Unfinished(String what, Optional<Thread> thread) {}
