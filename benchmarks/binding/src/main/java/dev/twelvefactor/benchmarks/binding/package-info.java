/** How long it takes to bind an environment to a record, beside other libraries. */
@NullMarked
package dev.twelvefactor.benchmarks.binding;

import org.jspecify.annotations.NullMarked;
