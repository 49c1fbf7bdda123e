/**
 * What ties the traces of one piece of work together, across threads and processes: {@link dev.twelvefactor.telemetry.Trace}. An exporter of traces and
 * metrics implements {@link dev.twelvefactor.telemetry.Telemetry}.
 */
@NullMarked
package dev.twelvefactor.telemetry;

import org.jspecify.annotations.NullMarked;
