/** Events to a pipe by our log and by others, each in a process of its own. */
@NullMarked
package dev.twelvefactor.benchmarks.logging;

import org.jspecify.annotations.NullMarked;
