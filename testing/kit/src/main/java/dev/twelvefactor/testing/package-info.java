/**
 * Apps under test, as a process ({@link dev.twelvefactor.testing.AppProcess}) or inside the test ({@link dev.twelvefactor.testing.TestApp}), and what
 * real servers for tests and development have in common.
 */
@NullMarked
package dev.twelvefactor.testing;

import org.jspecify.annotations.NullMarked;
