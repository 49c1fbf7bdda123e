package contender;

import java.util.List;

class Page {

    private Page() {}

    static String html(String user, List<Entry> entries) {
        StringBuilder page = new StringBuilder();
        page.append("<!doctype html><html><head><title>Entries</title></head><body><p>Signed in as ");
        escape(user, page);
        page.append("</p><table>");
        for (Entry entry : entries) {
            page.append("<tr><td>").append(entry.id()).append("</td><td>");
            escape(entry.author(), page);
            page.append("</td><td>");
            escape(entry.message(), page);
            page.append("</td></tr>");
        }
        return page.append("</table></body></html>").toString();
    }

    private static void escape(String text, StringBuilder page) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> page.append("&amp;");
                case '<' -> page.append("&lt;");
                case '>' -> page.append("&gt;");
                case '"' -> page.append("&quot;");
                case '\'' -> page.append("&#39;");
                default -> page.append(c);
            }
        }
    }
}
