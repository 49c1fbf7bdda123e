/**
 * Config in the environment (twelve-factor, III): environment variables bound to typed records, all problems reported at once, no
 * secret shown. Start at {@link dev.twelvefactor.config.EnvConfig}.
 */
@NullMarked
package dev.twelvefactor.config;

import org.jspecify.annotations.NullMarked;
