/** Mail servers attached by URL, through Angus Mail. Start at {@link dev.twelvefactor.backing.smtp.Smtp}. */
@NullMarked
package dev.twelvefactor.backing.smtp;

import org.jspecify.annotations.NullMarked;
