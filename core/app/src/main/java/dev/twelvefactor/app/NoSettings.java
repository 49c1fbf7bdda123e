package dev.twelvefactor.app;

/** The settings of an app that has none of its own. */
public record NoSettings() {}
