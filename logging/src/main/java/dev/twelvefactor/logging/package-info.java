/**
 * Logs as an event stream (twelve-factor, XI): one JSON object a line on stdout, from the first line to the last. The jar alone is enough for
 * an app that uses SLF4J; see {@link dev.twelvefactor.logging.EventStreamConfigurator}.
 */
@NullMarked
package dev.twelvefactor.logging;

import org.jspecify.annotations.NullMarked;
