/** A real mail server for tests and development. See {@link dev.twelvefactor.testing.smtp.MailServer}. */
@NullMarked
package dev.twelvefactor.testing.smtp;

import org.jspecify.annotations.NullMarked;
