package dev.twelvefactor.http;

import io.undertow.util.DateUtils;
import java.time.Instant;
import java.util.Date;

/**
 * A time as HTTP writes it, an IMF-fixdate: {@code Tue, 01 Dec 2026 08:00:00 GMT}. Undertow writes the {@code Date} of ordinary responses with the same
 * formatter. The JDK's {@code RFC_1123_DATE_TIME} is none: it writes the first nine days of a month with one digit.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7">RFC 9110, 5.6.7</a>
 */
final class HttpDate {
    private HttpDate() {}

    static String of(Instant time) {
        return DateUtils.toDateString(Date.from(time));
    }
}
