package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of every shape, from environments of every kind; {@code -Dproperty.seed} repeats a run. */
class GeneratedRecordsTest {
    private static final int RECORDS = 40;
    private static final int ENVIRONMENTS = 200;
    private static final long SEED = Long.getLong("property.seed", System.nanoTime());

    /** Types, each with a text that it takes. */
    private static final List<String[]> TYPES = List.of(
            new String[] {"int", "7"},
            new String[] {"Long", "-9"},
            new String[] {"boolean", "yes"},
            new String[] {"double", "0.5"},
            new String[] {"char", "x"},
            new String[] {"String", "some text"},
            new String[] {"java.time.Duration", "1h30m"},
            new String[] {"java.time.Period", "P30D"},
            new String[] {"DataSize", "2MiB"},
            new String[] {"Port", "8080"},
            new String[] {"java.net.URI", "https://example.org/"},
            new String[] {"java.nio.file.Path", "/var/data"},
            new String[] {"java.net.InetSocketAddress", "host:80"},
            new String[] {"java.nio.charset.Charset", "UTF-8"},
            new String[] {"java.util.Locale", "en-GB"},
            new String[] {"java.time.ZoneId", "UTC"},
            new String[] {"java.time.Instant", "2026-01-31T12:00:00Z"},
            new String[] {"java.time.LocalDate", "2026-01-31"},
            new String[] {"java.util.regex.Pattern", "a+"},
            new String[] {"java.util.UUID", "123e4567-e89b-12d3-a456-426614174000"},
            new String[] {"java.math.BigDecimal", "1.5"},
            new String[] {"java.time.DayOfWeek", "monday"},
            new String[] {"Secret", "hunter2"},
            new String[] {"RotatingSecret", "hunter2"},
            new String[] {"ServiceUrl", "postgres://u:p@h/d"},
            new String[] {"java.util.List<Integer>", "1,2"},
            new String[] {"java.util.Set<String>", "a,b"},
            new String[] {"java.util.Map<String, java.time.Duration>", "a=1s,b=2s"});

    private static final List<String> NONSENSE = List.of(
            "",
            " ",
            "x",
            "-1",
            "99999999999999999999",
            "1e400",
            "NaN",
            "\u0000",
            "\uD800",
            "a,b=,,",
            "=",
            "\\",
            "://",
            "%zz",
            "http://[",
            "tcp://10.0.0.1:80",
            "🙈",
            "-",
            "P",
            "1s2",
            "0x10",
            "{}",
            "${PORT}",
            "\n\r\n",
            "a".repeat(10_000));

    private final Random random = new Random(SEED);

    /** A component: its variable, whether something has to be there, a text that it takes. */
    private record Component(String variable, boolean required, String good) {}

    private record Generated(String name, String source, List<Component> components) {}

    private Generated generate(int number) {
        String name = "Generated" + number;
        StringBuilder source = new StringBuilder();
        List<Component> components = new ArrayList<>();
        components(source, components, "", 1 + random.nextInt(12), true);
        String record = "package dev.twelvefactor.config; public record " + name + "(" + source + ") {"
                + nested.stream().collect(Collectors.joining()) + "}";
        nested.clear();
        return new Generated(name, record, components);
    }

    private final List<String> nested = new ArrayList<>();

    private void components(StringBuilder source, List<Component> all, String prefix, int number, boolean mayNest) {
        for (int i = 0; i < number; i++) {
            source.append(source.isEmpty() ? "" : ", ");
            String variable = prefix + "VALUE_" + (char) ('A' + i);
            String component = "value" + (char) ('A' + i);
            if (mayNest && random.nextInt(6) == 0) {
                StringBuilder inner = new StringBuilder();
                // A record of one String is a value of its own, as an e-mail address is.
                components(inner, all, variable + "_", 2 + random.nextInt(3), false);
                String type = "Nested" + nested.size();
                nested.add(" public record " + type + "(" + inner + ") {}");
                source.append(type).append(' ').append(component);
                continue;
            }
            String[] type = TYPES.get(random.nextInt(TYPES.size()));
            switch (random.nextInt(3)) {
                case 0 -> {
                    source.append("@Default(\"").append(type[1]).append("\") ").append(type[0]);
                    all.add(new Component(variable, false, type[1]));
                }
                case 1 -> {
                    String boxed = Map.of(
                                    "int", "Integer", "boolean", "Boolean", "double", "Double", "char", "Character")
                            .getOrDefault(type[0], type[0]);
                    source.append("java.util.Optional<").append(boxed).append('>');
                    all.add(new Component(variable, false, type[1]));
                }
                default -> {
                    source.append(type[0]);
                    all.add(new Component(variable, true, type[1]));
                }
            }
            source.append(' ').append(component);
        }
    }

    private static List<Class<? extends Record>> compiled(List<Generated> generated, Path directory)
            throws IOException, ReflectiveOperationException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        boolean done = compiler.getTask(
                        null,
                        null,
                        null,
                        List.of("-d", directory.toString(), "-proc:none"),
                        null,
                        generated.stream()
                                .map(one ->
                                        new SimpleJavaFileObject(
                                                URI.create("string:///" + one.name() + ".java"),
                                                SimpleJavaFileObject.Kind.SOURCE) {
                                            @Override
                                            public CharSequence getCharContent(boolean ignored) {
                                                return one.source();
                                            }
                                        })
                                .toList())
                .call();
        assertThat(done).isTrue();
        List<Class<? extends Record>> types = new ArrayList<>();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            for (Generated one : generated) {
                types.add(Class.forName("dev.twelvefactor.config." + one.name(), true, loader)
                        .asSubclass(Record.class));
            }
            for (Class<? extends Record> type : types) {
                // Whatever they nest is loaded while the loader is open.
                EnvConfig.describe(List.of(type));
            }
        }
        return types;
    }

    @Test
    void bind_or_name_each_problem_and_never_fail_otherwise(@TempDir Path directory) throws Exception {
        List<Generated> generated = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            generated.add(generate(i));
        }
        List<Class<? extends Record>> types = compiled(generated, directory);
        int bound = 0;
        int refused = 0;
        for (int i = 0; i < RECORDS; i++) {
            for (int j = 0; j < ENVIRONMENTS; j++) {
                Map<String, String> variables = environment(generated.get(i), directory);
                String case_ = "seed " + SEED + ", " + generated.get(i).source() + " from "
                        + variables.toString().replaceAll("[^ -~]", "?").replaceAll("a{100,}", "aaa...");
                EnvConfig config = EnvConfig.read(List.of(types.get(i)), Environment.of(variables));
                Set<String> named = config.problems().stream()
                        .map(problem -> problem.variable().replaceFirst("_FILE$", ""))
                        .collect(Collectors.toSet());
                assertThat(named).as(case_).containsAll(certain(generated.get(i), variables));
                assertThat(config.find(types.get(i)).isPresent())
                        .as(case_)
                        .isEqualTo(config.problems().isEmpty());
                List<String> declared = generated.get(i).components().stream()
                        .map(Component::variable)
                        .toList();
                assertThat(config.problems().stream()
                                .map(problem -> problem.variable().replaceFirst("_FILE$", ""))
                                .toList())
                        .as(case_)
                        .doesNotHaveDuplicates()
                        .isEqualTo(declared.stream().filter(named::contains).toList());
                assertThat(EnvConfig.read(List.of(types.get(i)), Environment.of(new LinkedHashMap<>(variables)))
                                .problems())
                        .as(case_)
                        .isEqualTo(config.problems());
                assertThat(config.problems() + "" + config.settings() + config.warnings() + config.toConfig())
                        .as(case_)
                        .doesNotContain("hunter2");
                if (config.problems().isEmpty()) {
                    bound++;
                    assertThat(config.get(types.get(i)).toString()).doesNotContain("hunter2");
                } else {
                    refused++;
                }
            }
        }
        assertThat(bound).isPositive();
        assertThat(refused).isPositive();
    }

    private Map<String, String> environment(Generated one, Path directory) {
        Map<String, String> variables = new LinkedHashMap<>();
        boolean tame = random.nextInt(3) == 0;
        for (Component component : one.components()) {
            int kind = tame ? 0 : random.nextInt(5);
            switch (kind) {
                case 0, 1 -> variables.put(component.variable(), component.good());
                case 2 -> variables.put(component.variable(), NONSENSE.get(random.nextInt(NONSENSE.size())));
                case 3 ->
                    variables.put(
                            component.variable() + "_FILE",
                            List.of(directory + "/missing", directory.toString(), "nothing", "\u0000")
                                    .get(random.nextInt(4)));
                default -> {
                    // Absent.
                }
            }
        }
        return variables;
    }

    /** What has to be a problem, whatever else is one. */
    private static List<String> certain(Generated one, Map<String, String> variables) {
        return one.components().stream()
                .filter(component -> {
                    String text = variables.getOrDefault(component.variable(), "");
                    boolean file = variables.containsKey(component.variable() + "_FILE");
                    return file || (component.required() && text.isBlank());
                })
                .map(Component::variable)
                .toList();
    }
}
