/**
 * One-off admin tasks (twelve-factor, XII): run from the app's own release, in its own environment, as {@code java -jar app.jar admin NAME}.
 * See {@link dev.twelvefactor.admin.Task}.
 */
@NullMarked
package dev.twelvefactor.admin;

import org.jspecify.annotations.NullMarked;
