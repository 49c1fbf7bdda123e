package dev.twelvefactor.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Records filled from the environment.
 *
 * <p>The variable's name comes from the record: {@code maxPoolSize} is {@code MAX_POOL_SIZE}, a nested record adds its own name in front. A
 * blank value counts as absent. Absent means the {@link Default}, or {@code Optional.empty()}, or a problem; never null. All problems are
 * reported at once, none of them with a secret's value.
 *
 * <pre>{@code
 * record Settings(ServiceUrl databaseUrl, @Default("30m") Duration sessionTtl) {}
 *
 * Settings settings = EnvConfig.bind(Settings.class, Environment.system());
 * }</pre>
 *
 * @see <a href="https://12factor.net/config">The twelve-factor app, III: config</a>
 */
public final class EnvConfig {
    private final Map<Class<? extends Record>, Optional<Record>> records;
    private final RecordBinder binder;
    private final Environment environment;
    private final List<Problem> problems;

    private EnvConfig(
            Map<Class<? extends Record>, Optional<Record>> records,
            RecordBinder binder,
            Environment environment,
            List<Problem> problems) {
        this.records = records;
        this.binder = binder;
        this.environment = environment;
        this.problems = problems;
    }

    /**
     * One record, filled.
     *
     * @throws ConfigException if the environment does not allow it; its message lists every problem
     * @throws RecordException if the record cannot be bound, whatever the environment
     */
    public static <T extends Record> T bind(Class<T> type, Environment environment) {
        return read(List.of(type), environment).get(type);
    }

    /**
     * Several records, read together so that their problems are reported together.
     *
     * @throws RecordException if a record cannot be bound, or two components read one variable
     */
    public static EnvConfig read(List<Class<? extends Record>> types, Environment environment) {
        return read(types, environment, Conversions.standard());
    }

    /**
     * The same, with conversions of the app's own.
     *
     * @throws RecordException if a record cannot be bound, or two components read one variable
     */
    public static EnvConfig read(
            List<Class<? extends Record>> types, Environment environment, Conversions conversions) {
        List<RecordShape> shapes = new ArrayList<>();
        for (Class<? extends Record> type : types) {
            shapes.add(RecordShape.of(type, Names.VARIABLE, conversions));
        }
        RecordBinder binder = new RecordBinder(
                (leaf, declared) -> leaf.isServiceUrl()
                        ? ServiceUrlSource.read(environment, leaf, declared)
                        : environment.read(leaf.variable().name(), leaf.isSecret(), leaf.blankCounts(), declared),
                environment::names,
                shapes);
        Map<Class<? extends Record>, Optional<Record>> records = new LinkedHashMap<>();
        for (int i = 0; i < types.size(); i++) {
            records.put(types.get(i), Optional.ofNullable(binder.bind(shapes.get(i))));
        }
        List<Problem> problems = new ArrayList<>(environment.problems());
        problems.addAll(binder.problems());
        return new EnvConfig(records, binder, environment, List.copyOf(problems));
    }

    /** The variables that these records read; no environment is needed. */
    public static List<Variable> describe(List<Class<? extends Record>> types) {
        return describe(types, Conversions.standard());
    }

    /** The same, with conversions of the app's own. */
    public static List<Variable> describe(List<Class<? extends Record>> types, Conversions conversions) {
        return types.stream()
                .flatMap(type -> RecordShape.of(type, Names.VARIABLE, conversions).variables().stream())
                .toList();
    }

    /**
     * One of the records.
     *
     * @throws ConfigException if there is any problem, with this record or another
     */
    public <T extends Record> T get(Class<T> type) {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return find(type).orElseThrow();
    }

    /** One of the records, if nothing is wrong with it, whatever is wrong elsewhere. */
    public <T extends Record> Optional<T> find(Class<T> type) {
        Optional<Record> record = records.get(type);
        if (record == null) {
            throw new IllegalArgumentException(type.getName() + " was not among the records that were read");
        }
        return record.map(type::cast);
    }

    /** Everything that is wrong, in the order of declaration. */
    public List<Problem> problems() {
        return problems;
    }

    /** Variables that are set, look as if they were meant for these records, and are read by nothing. Nothing is wrong, but somebody should look. */
    public List<Problem> warnings() {
        return binder.warnings(environment::origin);
    }

    /** Every variable with its value as it may be shown and where that came from. */
    public List<Setting> settings() {
        return binder.settings();
    }

    /**
     * What tells these values from others: for an id of a release.
     *
     * @param except variables that do not count, since they differ between processes of one release
     */
    public Fingerprint fingerprint(Set<String> except) {
        return binder.fingerprint(except);
    }

    /**
     * The values as a typesafe {@link Config}, for a library that takes one: each under its variable's name and with its origin, secrets
     * left out.
     */
    public Config toConfig() {
        Config config = ConfigFactory.empty("environment");
        for (Map.Entry<String, Environment.Value> entry : binder.plainValues().entrySet()) {
            config = config.withValue(
                    ConfigUtil.joinPath(entry.getKey()),
                    ConfigValueFactory.fromAnyRef(entry.getValue().text())
                            .withOrigin(ConfigOriginFactory.newSimple(
                                    entry.getValue().origin())));
        }
        return config;
    }
}
