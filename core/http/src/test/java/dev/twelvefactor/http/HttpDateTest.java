package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;

class HttpDateTest {
    private static final String IMF_FIXDATE =
            "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \\d{4} \\d{2}:\\d{2}:\\d{2} GMT";

    @Test
    void writes_the_example_of_the_rfc() {
        assertThat(HttpDate.of(Instant.parse("1994-11-06T08:49:37Z"))).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    }

    @Test
    void writes_every_day_of_a_leap_year_as_an_imf_fixdate() {
        Instant first = Instant.parse("2028-01-01T23:59:59Z");
        for (int day = 0; day < 366; day++) {
            ZonedDateTime time = first.plus(Duration.ofDays(day)).atZone(ZoneOffset.UTC);
            String written = HttpDate.of(time.toInstant());
            assertThat(written).matches(IMF_FIXDATE);
            assertThat(ZonedDateTime.parse(written, DateTimeFormatter.RFC_1123_DATE_TIME))
                    .isEqualTo(time);
        }
    }

    @Test
    void dates_a_rejection_on_the_first_of_a_month_with_two_digits() {
        byte[] answer = LastAnswer.bytes(
                Response.problem(400, "A line does not end with CR LF."), false, Instant.parse("2026-12-01T00:00:00Z"));
        assertThat(new String(answer, StandardCharsets.US_ASCII).lines())
                .containsExactly(
                        "HTTP/1.1 400 Bad Request",
                        "Connection: close",
                        "Date: Tue, 01 Dec 2026 00:00:00 GMT",
                        "Content-Length: 100",
                        "Content-Type: application/problem+json",
                        "",
                        "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\"A line does not end with CR LF.\"}");
    }
}
