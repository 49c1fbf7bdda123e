package dev.twelvefactor.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What others print, read. */
class ReadingTest {
    private static final String WRK = """
            Running 2s test @ http://127.0.0.1:40123/text
              1 threads and 64 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     1.02ms    1.37ms  32.65ms   93.55%
                Req/Sec    84.45k     5.12k   93.51k    85.00%
              168230 requests in 2.01s, 21.34MB read
            Requests/sec:  83696.42
            Transfer/sec:     10.62MB
            """;

    @Test
    void reads_what_wrk_did() {
        assertThat(Wrk.parse(WRK)).isEqualTo(new Wrk.Load(168_230, 83_696.42));
    }

    @Test
    void takes_no_figure_of_wrong_answers() {
        assertThatThrownBy(() -> Wrk.parse(WRK.replace("Requests/sec", "  Non-2xx or 3xx responses: 1\nRequests/sec")))
                .hasMessageStartingWith("a load with wrong answers has no figure: Running 2s test");
        assertThatThrownBy(() -> Wrk.parse(WRK.replace(
                        "Requests/sec", "  Socket errors: connect 0, read 1, write 0, timeout 0\nRequests/sec")))
                .hasMessageStartingWith("a load with wrong answers has no figure: Running 2s test");
        assertThatThrownBy(() -> Wrk.parse("unable to connect"))
                .hasMessage("a load with wrong answers has no figure: unable to connect");
    }

    @Test
    void adds_up_what_was_allocated_between_the_last_two_collections_that_were_asked_for() {
        String log = """
                [0.010s][info][gc] Using G1
                [0.500s][info][gc] GC(0) Pause Full (Diagnostic Command) 9M->1M(8M) 5.401ms
                [1.000s][info][gc] GC(1) Pause Full (Diagnostic Command) 24M->3M(256M) 5.401ms
                [2.000s][info][gc] GC(2) Pause Young (Normal) (G1 Evacuation Pause) 153M->4M(256M) 1.021ms
                [2.100s][info][gc] GC(3) Concurrent Undo Cycle 2.001ms
                [3.000s][info][gc] GC(4) Pause Young (Normal) (G1 Evacuation Pause) 1G->5M(256M) 1.021ms
                [4.000s][info][gc] GC(5) Pause Full (Diagnostic Command) 25M->3M(256M) 5.401ms
                """;
        assertThat(GcLog.allocatedBetweenLastTwo(log)).isEqualTo((150L + 1020 + 20) << 20);
    }

    @Test
    void says_so_where_no_collections_were_asked_for() {
        assertThatThrownBy(() -> GcLog.allocatedBetweenLastTwo("[0.010s][info][gc] Using G1"))
                .hasMessage("fewer than two collections were asked for: [0.010s][info][gc] Using G1");
    }

    @Test
    void reads_the_processor_time_of_a_process_whatever_its_name_is() {
        String stat = "4711 (a) 9 (b) S 1 4711 4711 0 -1 4194560 1 2 3 4 250 125 0 0 20 0 31 0 99 1 2";
        assertThat(ProcessStat.cpuSeconds(stat)).isEqualTo(3.75);
    }

    @Test
    void reads_the_resident_memory_of_a_process() throws IOException {
        assertThat(ProcessStat.residentBytes("Name:\tjava\nVmRSS:\t   2048 kB\nVmData:\t 1 kB\n"))
                .isEqualTo(2_097_152);
        assertThat(ProcessStat.residentBytes(ProcessHandle.current().pid())).isPositive();
    }

    @Test
    void knows_when_an_answer_has_come() throws IOException {
        for (String whole : new String[] {
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nb;x=y\r\nabcdefghijk\r\n0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n"
        }) {
            AnswerBuffer answer = new AnswerBuffer();
            byte[] bytes = whole.getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < bytes.length; i++) {
                assertThat(answer.isComplete()).as(whole + " until " + i).isFalse();
                answer.readFrom(Channels.newChannel(new ByteArrayInputStream(bytes, i, 1)));
            }
            assertThat(answer.isComplete()).as(whole).isTrue();
            assertThat(answer.status()).isIn(200, 204);
        }
    }

    @Test
    void makes_the_url_that_the_driver_takes() {
        assertThat(Services.jdbcUrl("postgres://app:pw@127.0.0.1:5433/test_1"))
                .isEqualTo("jdbc:postgresql://127.0.0.1:5433/test_1?user=app&password=pw");
    }
}
