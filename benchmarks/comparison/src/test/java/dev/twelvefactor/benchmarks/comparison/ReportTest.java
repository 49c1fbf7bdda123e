package dev.twelvefactor.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.benchmarks.comparison.BarChart.Bar;
import dev.twelvefactor.benchmarks.comparison.BarChart.Kind;
import dev.twelvefactor.benchmarks.comparison.Measurement.Series;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportTest {
    private static final Path FIXTURE = Path.of("src", "test", "resources", "raw.csv");

    @Test
    void is_made_of_the_raw_figures_alone(@TempDir Path out) throws Exception {
        Files.createDirectories(out.resolve("benchmarks"));
        Files.copy(FIXTURE, out.resolve("benchmarks").resolve("raw.csv"));
        Comparison.main(new String[] {"--report", "--out", out.toString()});
        assertThat(Files.readString(out.resolve("benchmarks.md")))
                .startsWith(
                        "Made by `benchmarks/run --only undertow,twelvefactor` on 2 cores, Some \"CPU\", one, 24 GiB, Linux 6, JDK 17.0.1.")
                .contains(
                        "| raw Undertow | 2.4.4 | 4.0 MB | – |",
                        "| twelvefactor | 0.1 | – | – |",
                        "| throughput, work 1 (text), non-blocking, to raw Undertow on its IO threads | at least 0.970 | 0.980 (0.970 to 0.990) | yes |",
                        "| throughput, work 2 (json), non-blocking, to raw Undertow on its IO threads | at least 0.970 | – | not measured |",
                        "| throughput, work 1 (text), nonblocking, with an access event, to our own without | at least 0.900 | – | not measured |",
                        "| SIGTERM to exit when idle | at most 50 ms | 60 ms (60 to 60) | no |",
                        "| its exit status | at most 0 | 0 (0 to 0) | yes |",
                        "![plain text, requests a second, JDK 17](benchmarks/throughput-1-jdk17.svg)",
                        "| raw Undertow | nonblocking | 110,000 | 1.000 (1.000 to 1.000) | 12.0 | – | – | – |",
                        "| twelvefactor | nonblocking | 107,800 | 0.980 (0.970 to 0.990) | – | – | – | – |",
                        "| twelvefactor | no | 400 ms | – | – | 60 ms | 0 |");
        assertThat(Files.readAllLines(out.resolve("benchmarks").resolve("raw.csv")))
                .isEqualTo(Files.readAllLines(FIXTURE));
        assertThat(out.resolve("benchmarks").resolve("throughput-1-jdk17.svg")).exists();
    }

    @Test
    void a_line_is_read_as_it_was_written() {
        Measurement measurement =
                new Measurement("now", new Series("about", "", "cpu", "", ""), 1, 2, "one, \"two\"", "text");
        assertThat(measurement.line()).isEqualTo("now,about,,cpu,,,1,2,\"one, \"\"two\"\"\",text");
        assertThat(Measurement.parse(measurement.line())).isEqualTo(measurement);
    }

    @Test
    void a_chart_is_well_formed_and_takes_the_colour_of_its_text() throws Exception {
        String svg = BarChart.svg(
                "a < b & \"c\"",
                List.of(
                        new Bar("raw Undertow", new Interval(100, 90, 110, 15), "100", Kind.LIMIT),
                        new Bar("<twelvefactor>", new Interval(98, 98, 98, 15), "98", Kind.OURS)));
        var document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertThat(document.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("a < b & \"c\"");
        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(2);
        assertThat(svg).contains("currentColor").doesNotContain("background", "#fff");
    }
}
