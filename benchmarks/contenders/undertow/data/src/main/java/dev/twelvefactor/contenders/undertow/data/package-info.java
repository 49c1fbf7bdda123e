/** Undertow by hand, with HikariCP and Lettuce. */
@org.jspecify.annotations.NullMarked
package dev.twelvefactor.contenders.undertow.data;
