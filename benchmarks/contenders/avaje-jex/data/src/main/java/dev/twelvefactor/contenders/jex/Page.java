package dev.twelvefactor.contenders.jex;

import java.util.List;

final class Page {
    private Page() {}

    static String of(String user, List<Entry> entries) {
        var html = new StringBuilder("<!doctype html><html><head><title>Entries</title></head><body><p>Signed in as ");
        escape(html, user);
        html.append("</p><table>");
        for (var entry : entries) {
            html.append("<tr><td>").append(entry.id()).append("</td><td>");
            escape(html, entry.author());
            html.append("</td><td>");
            escape(html, entry.message());
            html.append("</td></tr>");
        }
        return html.append("</table></body></html>").toString();
    }

    private static void escape(StringBuilder html, String text) {
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.append(c);
            }
        }
    }
}
