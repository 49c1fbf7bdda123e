/**
 * The life of one process (twelve-factor, IX: disposability): it starts, is ready, drains on SIGTERM or SIGINT and stops. Start at
 * {@link dev.twelvefactor.lifecycle.Lifecycle}.
 */
@NullMarked
package dev.twelvefactor.lifecycle;

import org.jspecify.annotations.NullMarked;
