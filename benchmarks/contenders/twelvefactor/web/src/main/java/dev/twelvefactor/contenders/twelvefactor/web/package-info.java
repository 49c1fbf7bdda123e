/** The library: plain text and JSON. */
@org.jspecify.annotations.NullMarked
package dev.twelvefactor.contenders.twelvefactor.web;
