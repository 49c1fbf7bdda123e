/** Loads that show what the library promises, and what it costs. */
@NullMarked
package dev.twelvefactor.benchmarks;

import org.jspecify.annotations.NullMarked;
