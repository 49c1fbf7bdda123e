package dev.twelvefactor.http;

/**
 * A time in which the process, or an IO thread of it, stood still, as by SIGSTOP or a moved virtual machine: what clients sent or took meanwhile was not seen, so
 * that no timeout may count it.
 *
 * @param nanos how long it was
 * @param now when it was noticed, as {@link System#nanoTime} has it
 */
record Pause(long nanos, long now) {
    /** A time before the pause, later by the pause; what came after the pause but before it was noticed, is no later than now. */
    long postponed(long time) {
        return time + nanos - now > 0 ? now : time + nanos;
    }
}
