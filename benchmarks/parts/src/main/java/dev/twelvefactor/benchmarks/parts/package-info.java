/**
 * What the parts cost that a request goes through: routing, the head, JSON, the access event. Those that need more than the public API lie in the package of the
 * server. What it costs to bind an environment is in {@code benchmarks/binding}.
 */
@NullMarked
package dev.twelvefactor.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
