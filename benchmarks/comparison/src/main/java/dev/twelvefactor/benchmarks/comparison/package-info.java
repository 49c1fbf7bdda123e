/** The same work by us, by raw Undertow and by other frameworks, measured in turns on one machine. */
@NullMarked
package dev.twelvefactor.benchmarks.comparison;

import org.jspecify.annotations.NullMarked;
