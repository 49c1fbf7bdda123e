package dev.twelvefactor.http;

/** Writes bytes of a known length that are at hand, so that it waits for nothing but its client. */
interface LocalWriter extends BodyWriter {}
