package dev.twelvefactor.http;

import io.undertow.util.StatusCodes;

/** What a status is called (RFC 9110, 15). */
final class ReasonPhrase {
    private ReasonPhrase() {}

    static String of(int status) {
        return StatusCodes.getReason(status);
    }
}
