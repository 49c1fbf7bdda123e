package dev.twelvefactor.logging;

/** The least level of the events that are written. */
public enum LogLevel {
    /** Everything. */
    TRACE,
    /** What helps to find a fault. */
    DEBUG,
    /** What an operator wants to know. */
    INFO,
    /** What an operator should look at some day. */
    WARN,
    /** What an operator has to look at. */
    ERROR,
    /** Nothing. */
    OFF
}
