package dev.twelvefactor.lifecycle;

import java.util.Arrays;
import java.util.Optional;

/**
 * What the stacks of threads say about the end of the JVM. There is no other source: a shutdown hook learns neither which thread began the end
 * nor with which status.
 */
final class JvmExit {
    private static final String SHUTDOWN = "java.lang.Shutdown";
    private static final String HOOKS = "java.lang.ApplicationShutdownHooks";
    private static final String SIGNAL_HANDLER = "java.lang.Terminator";
    private static final String SIGNAL_THREAD = " handler";

    private JvmExit() {}

    /** Whether this thread has called {@code System.exit}: it never returns from that, so nothing may wait for it. */
    static boolean isCalledBy(Thread thread) {
        return hasFrame(thread.getStackTrace(), SHUTDOWN);
    }

    /** Whether the call of this thread is the one that ends the JVM. Others that come later wait for it, and their status is lost. */
    static boolean isRunBy(Thread thread) {
        return hasFrame(thread.getStackTrace(), HOOKS);
    }

    /** The signal that ends the JVM through a handler of the JVM itself: {@code SIGHUP}, or {@code SIGTERM} before ours is there. */
    static Optional<String> signal() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> hasFrame(thread.getValue(), SIGNAL_HANDLER))
                .map(thread -> thread.getKey().getName())
                .filter(name -> name.endsWith(SIGNAL_THREAD))
                .map(name -> name.substring(0, name.length() - SIGNAL_THREAD.length()))
                .findFirst();
    }

    private static boolean hasFrame(StackTraceElement[] stack, String className) {
        return Arrays.stream(stack)
                .map(StackTraceElement::getClassName)
                .anyMatch(name -> name.equals(className) || name.startsWith(className + "$"));
    }
}
