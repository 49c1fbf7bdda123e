package dev.twelvefactor.admin;

import dev.twelvefactor.backing.Wiring;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The console of an app: Java snippets in the app's own process, with its class path, its {@code settings} and what it attaches, each under the name of its attachment
 * ({@code database}, and {@code readReplica} for {@code read-replica}).
 *
 * <pre>{@code
 * echo 'settings.sessionTtl()' | java -jar app.jar admin console
 * java -jar app.jar admin console --eval 'database.getConnection().isValid(1)'
 * java -jar app.jar admin console --sandbox --file mend.jsh
 * }</pre>
 *
 * <p>What a service is called and which it is, the app's wiring tells, which is run for that: it gets clients that open when they are used, so that nothing opens but what a
 * snippet mentions, and one that is away is missed by nobody else. Values of expressions are printed one a line; {@code /exit} or the end of the input ends the console. A
 * person at a terminal goes on after an error; a script ends at the first one. A service that is asked for and cannot be attached is an error of its own sentence.
 *
 * <p>With {@code --sandbox} all connections of a {@link javax.sql.DataSource} are one, with one transaction that is rolled back at the end. It is a net for a person who is
 * careful, no cage: other services are as they are, so is a connection that was unwrapped, and MySQL commits at a {@code CREATE TABLE}.
 *
 * <p>It needs the module {@code jdk.jshell}, which a JDK has and a runtime made for an app often has not.
 *
 * @see <a href="https://12factor.net/admin-processes">The twelve-factor app, XII: admin processes</a>
 */
public final class Console {
    private static final String MODULE = "jdk.jshell";

    private final Record settings;
    private final Declaration declaration;
    private final Supplier<Wiring> attaching;

    /** What an app attaches: its wiring. */
    @FunctionalInterface
    public interface Declaration {
        /**
         * Attaches every service.
         *
         * @throws Exception if that is not possible; what was attached before is used
         */
        void attach(Wiring wiring) throws Exception;
    }

    /**
     * A console of an app.
     *
     * @param settings the app's settings; their class tells which app it is
     * @param declaration run once, to learn what there is
     * @param attaching gives, for each service that is used, what opens it; the time that it may take begins then
     */
    public Console(Record settings, Declaration declaration, Supplier<Wiring> attaching) {
        this.settings = Objects.requireNonNull(settings);
        this.declaration = Objects.requireNonNull(declaration);
        this.attaching = Objects.requireNonNull(attaching);
    }

    /**
     * Runs the console until its input ends. What snippets print to {@code System.out} is output of the console meanwhile, and all of it is UTF-8.
     *
     * @param in the standard input
     * @param interactive whether a person types there
     * @param out values
     * @param err errors
     * @return whether nothing failed, or a person has seen it
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean run(ConsoleOptions options, InputStream in, boolean interactive, PrintStream out, PrintStream err)
            throws InterruptedException {
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            errors.println("The console needs the module " + MODULE + ", and the Java runtime in "
                    + System.getProperty("java.home")
                    + " has none; run it on a JDK, or give the runtime that module: jlink --add-modules " + MODULE
                    + ",…");
            return false;
        }
        PrintStream values = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream before = System.out;
        System.setOut(values);
        try (ConsoleInput input = input(options, in, interactive ? Optional.of(values) : Optional.empty())) {
            return run(input, options.sandbox(), values, errors);
        } catch (IOException e) {
            errors.println("The console has nothing to read: " + e.getMessage() + ".");
            return false;
        } finally {
            values.flush();
            System.setOut(before);
        }
    }

    private static ConsoleInput input(ConsoleOptions options, InputStream in, Optional<PrintStream> prompt)
            throws IOException {
        if (options.eval().isPresent()) {
            return ConsoleInput.text("--eval", options.eval().get());
        }
        return options.file().isPresent() ? ConsoleInput.file(options.file().get()) : ConsoleInput.stdin(in, prompt);
    }

    private boolean run(ConsoleInput input, boolean sandboxed, PrintStream out, PrintStream err)
            throws IOException, InterruptedException {
        try (Sandbox sandbox = new Sandbox(err);
                ConsoleSession session = new ConsoleSession(settings, out, err)) {
            DeclaredServices services =
                    new DeclaredServices(attaching, sandboxed ? sandbox::client : (name, client) -> client);
            try {
                declaration.attach(services);
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                err.println("The wiring of the app failed, so what it attaches after that is not here: "
                        + (e.getMessage() == null ? e : e.getMessage()));
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return session.run(input, services.all());
        }
    }
}
