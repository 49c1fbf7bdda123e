package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Text forms beside those of other programs. {@code docs/config.md} has our choices, and each of its rows is run. Where a folder with the outcomes of other programs lies beside
 * the project, its cases are run too: what all of them agree on is ours too, and where they differ, one of the choices says what ours is.
 */
class VectorsTest {
    private static final Path OUTCOMES = Path.of("../../shared/vectors");
    private static final Pattern ROW = Pattern.compile(
            "\\| ([a-zA-Z0-9 ]+) \\| (dotenv|duration|size|list) \\| (`+) ?(.+?) ?\\3 \\| (.+?) \\| .+ \\|");

    /** What in a text brings a choice into play. */
    private static final Map<String, Map<String, Pattern>> SIGNS = Map.of(
            "dotenv",
            signs(
                    "expansion", "\\$",
                    "backtick", "`",
                    "escape", "\\\\",
                    "comment", "#",
                    "name",
                            "(?m)^[ \\t]*(?:export[ \\t]+)?[^A-Za-z_#\\s\"=][^=\\n]*=|^['\\[]|^[^=\\n]*[^\\x00-\\x7f\\ufeff][^=\\n]*=|[%\\[]|(?m)^\\w+[^\\w.\\-\\s=:#\"'][^=\\n]*=",
                    "colon", "(?m)^[^=\\n\"']*:",
                    "export", "\\bexport\\b",
                    "no value", "(?m)^[^=\\n]*$|=[ \\t]*$",
                    "several lines", "[\"'][^\"']*\\n[^\"']*[\"']",
                    "white space", "[ \\t\\r\\f\\u000b\\u00a0]",
                    "quote", "[\"']",
                    "twice", "(?m)^(\\w+)=[^\\n]*\\n\\1="),
            "duration",
            signs(
                    "bare number", "^[-+]?[0-9.]+\\s*$",
                    "unit", "d$|[µμ]",
                    "words", "[a-z]{3,}|[A-Z]",
                    "ISO 8601", "^[-+]?[pP]",
                    "rounded", "\\.\\d{10,}|0\\.4ns",
                    "long", "\\d{13,}|\\d{7,}h",
                    "fraction", "\\.",
                    "several parts", "[a-z]\\s*\\d",
                    "sign", "^[-+]",
                    "white space", "\\s"),
            "size",
            signs(
                    "letters", "^[-+]?[0-9.]+\\s*[a-zA-Z]i?$",
                    "words",
                            "(?i)byte|(kilo|mega|giga|tera|peta|exa|zetta|yotta|kibi|mebi|gibi|tebi|pebi|exbi|zebi|yobi)",
                    "powers", "(?i)[pezy]i?b?$",
                    "case", "(?i)[kmgt]i?b$",
                    "fraction", "\\.",
                    "sign", "^\\s*[-+]",
                    "bare number", "^[0-9]+\\s*$",
                    "white space", "\\s"),
            "list",
            signs("backslash", "\\\\", "empty", "^,|,,|,$|^$"));

    /** The choices in which we are alone, as the document says. */
    private static final Map<String, Set<String>> ALONE = Map.of(
            "dotenv", Set.of("name", "escape"),
            "duration", Set.of("bare number", "long"),
            "size", Set.of("sign"),
            "list", Set.of("backslash"));

    private static Map<String, Pattern> signs(String... namesAndPatterns) {
        Map<String, Pattern> signs = new LinkedHashMap<>();
        for (int i = 0; i < namesAndPatterns.length; i += 2) {
            signs.put(namesAndPatterns[i], Pattern.compile(namesAndPatterns[i + 1]));
        }
        return signs;
    }

    private record Choice(String name, String form, String text, String ours) {}

    private static List<Choice> choices() throws IOException {
        return Files.readAllLines(Path.of("../docs/config.md")).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> new Choice(row.group(1), row.group(2), control(row.group(4)), row.group(5)))
                .toList();
    }

    private static String control(String written) {
        return written.replace('⏎', '\n').replace('⇥', '\t');
    }

    /** How a reading looks in the document. */
    private static String ours(String form, String text) {
        return switch (form) {
            case "dotenv" -> {
                DotEnv.Parsed parsed = DotEnv.parse(".env", text);
                yield parsed.problems().isEmpty()
                        ? parsed.values().entrySet().stream()
                                .map(value ->
                                        value.getKey() + "=" + value.getValue().text())
                                .collect(Collectors.joining("\n"))
                        : "refused";
            }
            case "duration" -> orRefused(() -> Durations.parse(text).toString());
            case "size" -> orRefused(() -> Long.toString(DataSize.parse(text).bytes()));
            default -> String.join("` and `", Converters.items(text));
        };
    }

    private static String orRefused(Supplier<String> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            return "refused";
        }
    }

    @TestFactory
    Stream<DynamicTest> reads_every_row_as_the_document_says() throws IOException {
        List<Choice> choices = choices();
        assertThat(choices).hasSizeGreaterThan(40);
        return choices.stream()
                .map(choice -> DynamicTest.dynamicTest(choice.form() + " " + choice.text(), () -> {
                    String wanted = choice.ours().equals("refused")
                            ? "refused"
                            : control(choice.ours().replaceAll("^`+ ?| ?`+$", ""));
                    assertThat(ours(choice.form(), choice.text())).isEqualTo(wanted);
                }));
    }

    @Test
    void has_a_choice_for_every_sign() throws IOException {
        Set<String> named = choices().stream()
                .map(choice -> choice.form() + " " + choice.name())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> signed = new TreeSet<>();
        SIGNS.forEach((form, signs) -> signs.keySet().forEach(name -> signed.add(form + " " + name)));
        assertThat(named).isEqualTo(signed);
    }

    @TestFactory
    Stream<DynamicTest> agrees_with_the_others_or_has_chosen() {
        if (!Files.isDirectory(OUTCOMES)) {
            return Stream.of();
        }
        return Stream.of(
                DynamicTest.dynamicTest(
                        "dotenv", () -> replay("dotenv", "dotenv.json", "cases", VectorsTest::isOurDotEnv)),
                DynamicTest.dynamicTest(
                        "duration",
                        () -> replay("duration", "durations_sizes.json", "durations", (one, theirs) -> nanos(
                                        one.getString("input"))
                                .equals(outcome(theirs, "nanos")))),
                DynamicTest.dynamicTest(
                        "size",
                        () -> replay("size", "durations_sizes.json", "sizes", (one, theirs) -> ours(
                                        "size", one.getString("input"))
                                .equals(outcome(theirs, "bytes")))),
                DynamicTest.dynamicTest(
                        "list",
                        () -> replay(
                                "list", "lists.json", "cases", (one, theirs) -> Converters.items(one.getString("input"))
                                        .equals(theirs.getStringList("items")))));
    }

    private static void replay(String form, String file, String key, BiPredicate<Config, Config> same) {
        List<String> undecided = new ArrayList<>();
        int agreed = 0;
        int chosen = 0;
        for (Config one :
                ConfigFactory.parseFile(OUTCOMES.resolve(file).toFile()).getConfigList(key)) {
            String input = one.getString("input");
            List<Boolean> equal = new ArrayList<>();
            ConfigObject outcomes = one.getObject("expected");
            for (String program : outcomes.keySet()) {
                // The JDK's own form is one of ours among others, and what is asserted of another default unit is
                // another call.
                if (!program.equals("java-duration") && !program.contains("(")) {
                    equal.add(same.test(one, outcomes.toConfig().getConfig('"' + program + '"')));
                }
            }
            Set<String> choices = SIGNS.getOrDefault(form, Map.of()).entrySet().stream()
                    .filter(sign -> sign.getValue().matcher(input).find())
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
            if (one.hasPath("env") && !one.getObject("env").isEmpty()) {
                choices.add("environment");
            }
            boolean alone = equal.stream().noneMatch(yes -> yes) && !one.getBoolean("disputed");
            if (equal.stream().allMatch(yes -> yes)) {
                agreed++;
            } else if (alone
                    ? choices.stream().anyMatch(ALONE.getOrDefault(form, Set.of())::contains)
                    : !choices.isEmpty()) {
                chosen++;
            } else {
                undecided.add(one.getString("id") + " " + input);
            }
        }
        System.err.println(form + ": " + agreed + " as all others, " + chosen + " by choice");
        assertThat(undecided).isEmpty();
        assertThat(agreed).isPositive();
    }

    private static String outcome(Config one, String key) {
        return one.hasPath("error") ? "refused" : one.getString(key);
    }

    private static String nanos(String input) {
        return orRefused(() -> {
            var duration = Durations.parse(input);
            return BigInteger.valueOf(duration.getSeconds())
                    .multiply(BigInteger.valueOf(1_000_000_000))
                    .add(BigInteger.valueOf(duration.getNano()))
                    .toString();
        });
    }

    private static boolean isOurDotEnv(Config one, Config outcome) {
        DotEnv.Parsed parsed = DotEnv.parse(".env", one.getString("input"));
        if (outcome.hasPath("error")
                || (outcome.hasPath("bad_lines")
                        && !outcome.getList("bad_lines").isEmpty())) {
            return !parsed.problems().isEmpty();
        }
        Map<String, Object> wanted =
                outcome.hasPath("vars") ? outcome.getObject("vars").unwrapped() : Map.of();
        Map<String, Object> environment =
                one.hasPath("env") ? one.getObject("env").unwrapped() : Map.of();
        Map<String, Object> ours = new LinkedHashMap<>();
        // The environment wins over the file.
        parsed.values().forEach((name, value) -> ours.put(name, environment.getOrDefault(name, value.text())));
        boolean same = wanted.entrySet().stream()
                .allMatch(variable -> Objects.requireNonNullElse(variable.getValue(), "")
                        .equals(ours.getOrDefault(variable.getKey(), "")));
        boolean whole = !outcome.hasPath("complete")
                || !outcome.getBoolean("complete")
                || ours.keySet().equals(wanted.keySet());
        boolean absent = !outcome.hasPath("absent")
                || outcome.getStringList("absent").stream().noneMatch(ours::containsKey);
        return parsed.problems().isEmpty() && same && whole && absent;
    }
}
