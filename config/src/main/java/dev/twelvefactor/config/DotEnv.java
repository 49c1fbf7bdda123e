package dev.twelvefactor.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a {@code .env} file. Nothing is expanded and nothing is run: {@code '…'} is literal, {@code "…"} knows {@code \n \r \t \" \\},
 * both may span lines; an unquoted value ends at the line's end or at a {@code #} after white space; {@code export} may stand in front.
 */
final class DotEnv {
    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \\t]*=[ \\t]*");
    private static final Pattern COMMENT = Pattern.compile("(?<=[ \\t])#");
    private static final Pattern REST_OF_LINE = Pattern.compile("[ \\t]*(?:#[^\\n]*)?(?:\\n|$)");

    private final String name;
    private final String text;
    private final Map<String, Environment.Value> values = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private int position;
    private int line = 1;

    private DotEnv(String name, String text) {
        this.name = name;
        String unmarked = text.startsWith("\uFEFF") ? text.substring(1) : text;
        this.text = unmarked.replace("\r\n", "\n").replace('\r', '\n');
    }

    record Parsed(Map<String, Environment.Value> values, List<Problem> problems) {}

    /** Reads it all; a line that is wrong becomes a problem and the rest is still read. */
    static Parsed parse(String name, String text) {
        DotEnv file = new DotEnv(name, text);
        while (file.position < file.text.length()) {
            file.statement();
        }
        return new Parsed(file.values, file.problems);
    }

    private void statement() {
        skipBlanks();
        if (position >= text.length()) {
            return;
        }
        char first = text.charAt(position);
        if (first == '#' || first == '\n') {
            skipLine();
            return;
        }
        Matcher assignment = ASSIGNMENT.matcher(text).region(position, text.length());
        if (!assignment.lookingAt()) {
            problem("is no assignment; write NAME=value");
            return;
        }
        position = assignment.end();
        value(assignment.group(1));
    }

    private void value(String variable) {
        int startLine = line;
        char quote = position < text.length() ? text.charAt(position) : '\n';
        if (quote != '\'' && quote != '"') {
            put(variable, unquoted(), startLine);
            return;
        }
        int start = position + 1;
        int end = closing(quote, start);
        if (end < 0) {
            problem("opens a " + quote + " that nothing closes");
            return;
        }
        Matcher rest = REST_OF_LINE.matcher(text).region(end + 1, text.length());
        if (!rest.lookingAt()) {
            problem("goes on after the closing " + quote
                    + "; write a # in front of a comment, or quote the whole value");
            return;
        }
        String inner = text.substring(start, end);
        put(variable, quote == '"' ? unescaped(inner) : inner, startLine);
        moveTo(rest.end());
    }

    private String unquoted() {
        int lineEnd = text.indexOf('\n', position);
        int end = lineEnd < 0 ? text.length() : lineEnd;
        Matcher comment = COMMENT.matcher(text).region(position, end).useTransparentBounds(true);
        String value = text.substring(position, comment.find() ? comment.start() : end);
        skipLine();
        return value.strip();
    }

    private int closing(char quote, int start) {
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote == '"') {
                i++;
            } else if (c == quote) {
                return i;
            }
        }
        return -1;
    }

    private static String unescaped(String inner) {
        StringBuilder value = new StringBuilder(inner.length());
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (c != '\\' || i + 1 == inner.length()) {
                value.append(c);
                continue;
            }
            char escaped = inner.charAt(++i);
            switch (escaped) {
                case 'n' -> value.append('\n');
                case 'r' -> value.append('\r');
                case 't' -> value.append('\t');
                case '"', '\\' -> value.append(escaped);
                default -> value.append('\\').append(escaped);
            }
        }
        return value.toString();
    }

    private void put(String variable, String value, int atLine) {
        values.put(variable, new Environment.Value(value, name + ":" + atLine));
    }

    /** The line itself is not repeated: it may hold a secret. */
    private void problem(String what) {
        problems.add(Problem.of("DOTENV", "line " + line + " " + what, name + ":" + line));
        skipLine();
    }

    private void skipBlanks() {
        while (position < text.length() && (text.charAt(position) == ' ' || text.charAt(position) == '\t')) {
            position++;
        }
    }

    private void skipLine() {
        int end = text.indexOf('\n', position);
        moveTo(end < 0 ? text.length() : end + 1);
    }

    private void moveTo(int next) {
        line += (int)
                text.substring(position, next).chars().filter(c -> c == '\n').count();
        position = next;
    }
}
