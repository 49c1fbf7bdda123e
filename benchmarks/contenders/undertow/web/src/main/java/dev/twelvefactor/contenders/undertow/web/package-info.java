/** Undertow by hand: plain text and JSON. */
@org.jspecify.annotations.NullMarked
package dev.twelvefactor.contenders.undertow.web;
