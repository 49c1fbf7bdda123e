/**
 * The web process (twelve-factor, VII: port binding): routes, requests and responses as values, and the server that carries them. An app starts
 * at {@link dev.twelvefactor.http.Routes}.
 */
@NullMarked
package dev.twelvefactor.http;

import org.jspecify.annotations.NullMarked;
