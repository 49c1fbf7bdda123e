/** A plain {@code main} as a twelve-factor app. Start at {@link dev.twelvefactor.app.TwelveFactorApp}. */
@NullMarked
package dev.twelvefactor.app;

import org.jspecify.annotations.NullMarked;
