package dev.twelvefactor.examples.guestbook;

import static dev.twelvefactor.http.Html.escape;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The page as HTML. Whatever a visitor wrote goes through {@code escape}. */
final class PageTemplate {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private static final String STYLE = """
            :root { color-scheme: light dark; --accent: #b4532a; --paper: #fdfaf4; --ink: #2b2622; --line: #e4dacb; --quiet: #7d7268; }
            @media (prefers-color-scheme: dark) {
              :root { --accent: #e08a5f; --paper: #1d1a18; --ink: #ece4da; --line: #3a342f; --quiet: #a1958a; }
            }
            * { box-sizing: border-box; }
            body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.55 Georgia, "Times New Roman", serif; }
            main { max-width: 38rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; }
            h1 { font-weight: normal; font-size: 2.4rem; margin: 0; letter-spacing: -.01em; }
            .lead { color: var(--quiet); margin: .25rem 0 2rem; font-style: italic; }
            form { display: grid; gap: .9rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: 10px; }
            label { display: grid; gap: .25rem; font-size: .9rem; color: var(--quiet); }
            input, textarea { font: inherit; color: inherit; background: transparent; border: 1px solid var(--line);
              border-radius: 6px; padding: .5rem .65rem; width: 100%; }
            textarea { min-height: 5.5rem; resize: vertical; }
            input:focus, textarea:focus { outline: 2px solid var(--accent); outline-offset: 1px; }
            button { justify-self: start; font: inherit; color: var(--paper); background: var(--accent); border: 0; border-radius: 6px;
              padding: .5rem 1.4rem; cursor: pointer; }
            ol { list-style: none; padding: 0; margin: 2.5rem 0; }
            li { padding: 1.25rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
            li:target { box-shadow: -4px 0 var(--accent); padding-left: 1rem; }
            .message { margin: 0 0 .35rem; white-space: pre-line; }
            .by { margin: 0; font-size: .88rem; color: var(--quiet); }
            .by b { color: var(--ink); font-weight: normal; }
            .reply { margin: .6rem 0 0; padding-left: .9rem; border-left: 3px solid var(--line); font-size: .92rem; font-style: italic; }
            .empty { color: var(--quiet); font-style: italic; }
            footer { font-size: .85rem; color: var(--quiet); border-top: 1px solid var(--line); padding-top: 1rem; }
            """;

    private PageTemplate() {}

    static String render(List<Entry> entries, String author, int visits, String csrfToken, String instance) {
        StringBuilder list = new StringBuilder();
        entries.forEach(entry -> list.append(item(entry)));
        String items = entries.isEmpty()
                ? "<p class=\"empty\">Nobody has written anything yet. Be the first.</p><ol></ol>"
                : "<ol>" + list + "</ol>";
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Guestbook</title>
                <style>
                %s</style>
                </head>
                <body>
                <main>
                <h1>Guestbook</h1>
                <p class="lead">Glad that you came by. Leave a line.</p>
                <form method="post" action="/">
                <input type="hidden" name="_csrf" value="%s">
                <label>Your name <input name="author" required maxlength="80" autocomplete="name" value="%s"></label>
                <label>Your message <textarea name="message" required maxlength="1000"></textarea></label>
                <button>Sign</button>
                </form>
                %s
                <footer>You have looked at this page <span id="visits">%d</span> %s. This answer came from <span id="instance">%s</span>.</footer>
                </main>
                <script src="/assets/live.js" defer></script>
                </body>
                </html>
                """.formatted(
                        STYLE,
                        escape(csrfToken),
                        escape(author),
                        items,
                        visits,
                        visits == 1 ? "time" : "times",
                        escape(instance));
    }

    static String item(Entry entry) {
        String reply = entry.reply()
                .map(text -> "<p class=\"reply\">" + escape(text) + "</p>")
                .orElse("");
        return """
                <li id="entry-%d">
                <p class="message">%s</p>
                <p class="by"><b>%s</b> · %s UTC</p>%s
                </li>
                """.formatted(
                entry.id(), escape(entry.message()), escape(entry.author()), TIME.format(entry.createdAt()), reply);
    }
}
