package dev.twelvefactor.app;

/** What a process ends with, {@code sysexits.h} where one fits. */
public final class ExitStatus {
    /** Drained in time; a task returned. */
    public static final int OK = 0;

    /** The task or the process failed, or the drain missed its deadline. */
    public static final int FAILED = 1;

    /** An unknown process type, task or option ({@code EX_USAGE}). */
    public static final int USAGE = 64;

    /** A backing service could not be attached in time ({@code EX_UNAVAILABLE}). */
    public static final int UNAVAILABLE = 69;

    /** A port cannot be bound ({@code EX_CANTCREAT}). */
    public static final int CANNOT_BIND = 73;

    /** Another run of the same exclusive task holds its lease ({@code EX_TEMPFAIL}). */
    public static final int BUSY = 75;

    /** The configuration is invalid ({@code EX_CONFIG}). */
    public static final int CONFIG = 78;

    private ExitStatus() {}
}
