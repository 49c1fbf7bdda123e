/** SQL databases attached by URL, pooled by HikariCP. Start at {@link dev.twelvefactor.backing.jdbc.Jdbc}. */
@NullMarked
package dev.twelvefactor.backing.jdbc;

import org.jspecify.annotations.NullMarked;
