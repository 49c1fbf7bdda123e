package dev.twelvefactor.admin;

/** The options of a task that has none. */
public record NoOptions() {}
