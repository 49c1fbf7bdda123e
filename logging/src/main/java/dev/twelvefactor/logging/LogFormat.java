package dev.twelvefactor.logging;

/** How an event is written. */
public enum LogFormat {
    /** One JSON object a line, for the platform. */
    JSON,
    /** A short line, for a person at a terminal. */
    TEXT
}
