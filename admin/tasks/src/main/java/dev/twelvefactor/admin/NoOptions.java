package dev.twelvefactor.admin;

/** Of a task that has no options, or no settings of its own. */
public record NoOptions() {}
