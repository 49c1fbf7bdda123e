package dev.twelvefactor.benchmarks.comparison;

import java.util.List;
import java.util.Locale;

/** Horizontal bars as SVG, each with its interval as a whisker. Its text is dark or light as the reader wants it, and it has no background. */
final class BarChart {
    private static final int LABELS = 300;
    private static final int BARS = 400;
    private static final int VALUES = 160;
    private static final int ROW = 24;
    private static final int TOP = 40;

    private BarChart() {}

    /**
     * A bar.
     *
     * @param value what stands behind it
     * @param kind which colour it has
     */
    record Bar(String label, Interval interval, String value, Kind kind) {}

    /** Whose a bar is. Both colours are seen on white and on black. */
    enum Kind {
        OURS("#2f8f5b"),
        LIMIT("#c77d1a"),
        PEER("#6b8bb5");

        private final String colour;

        Kind(String colour) {
            this.colour = colour;
        }

        static Kind of(String contender) {
            return switch (contender) {
                case Contender.OURS -> OURS;
                case Contender.LIMIT -> LIMIT;
                default -> PEER;
            };
        }
    }

    static String svg(String title, List<Bar> bars) {
        double most =
                bars.stream().mapToDouble(bar -> bar.interval().high()).max().orElse(1);
        int width = LABELS + BARS + VALUES;
        int height = TOP + bars.size() * ROW + 10;
        StringBuilder svg = new StringBuilder();
        svg.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" fill=\"currentColor\" font-family=\"sans-serif\" font-size=\"13\">\n",
                width, height, width, height));
        svg.append("<style>svg{color:#24292f}@media(prefers-color-scheme:dark){svg{color:#e6edf3}}</style>\n");
        svg.append(format("<title>%s</title>\n", escaped(title)));
        svg.append(format("<text x=\"8\" y=\"22\" font-size=\"15\" font-weight=\"bold\">%s</text>\n", escaped(title)));
        for (int i = 0; i < bars.size(); i++) {
            svg.append(bar(bars.get(i), TOP + i * ROW, BARS / most));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String bar(Bar bar, int top, double scale) {
        Interval interval = bar.interval();
        double low = LABELS + interval.low() * scale;
        double high = LABELS + interval.high() * scale;
        int middle = top + ROW / 2 - 2;
        return format(
                        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
                        LABELS - 8, middle + 4, escaped(bar.label()))
                + format(
                        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
                        LABELS, top + 2, Math.max(0.5, interval.median() * scale), ROW - 8, bar.kind().colour)
                + format(
                        "<path d=\"M%.1f %d V%d M%.1f %d H%.1f M%.1f %d V%d\" stroke=\"currentColor\" stroke-width=\"1.5\" fill=\"none\"/>\n",
                        low, middle - 4, middle + 4, low, middle, high, high, middle - 4, middle + 4)
                + format("<text x=\"%.1f\" y=\"%d\">%s</text>\n", high + 8, middle + 4, escaped(bar.value()));
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
