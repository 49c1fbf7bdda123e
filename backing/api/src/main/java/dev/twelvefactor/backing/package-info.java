/**
 * Backing services as attached resources (twelve-factor, IV): each is opened from its URL, checked while it is in use, and closed in the drain.
 * An app uses {@link dev.twelvefactor.backing.Wiring}; a new kind of service implements {@link dev.twelvefactor.backing.Connector}.
 */
@NullMarked
package dev.twelvefactor.backing;

import org.jspecify.annotations.NullMarked;
