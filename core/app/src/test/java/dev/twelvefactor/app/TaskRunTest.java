package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.admin.Task;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.LeaseHolder;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.config.Argument;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class TaskRunTest {
    private final InProcess process = new InProcess();
    private final AtomicReference<String> done = new AtomicReference<>("");

    record Settings(Optional<ServiceUrl> databaseUrl) {}

    record Import(@Argument Path file, Duration olderThan, boolean dryRun, Optional<Secret> token) {}

    record AdminDatabase(ServiceUrl adminDatabaseUrl) {}

    private final App<Settings> app = App.of("shop", Settings.class)
            .admin("import", "Read entries", Import.class, (settings, options, wiring) -> done.set(options.file() + ""))
            .admin(
                    "list",
                    "Show entries",
                    NoOptions.class,
                    (settings, options, wiring, output) -> output.table(
                            "entry", List.of("author", "words"), List.of(List.of("Ada", 12), List.of("Bob", 3))))
            .admin(Task.of(
                    "grant",
                    "Use other credentials",
                    NoOptions.class,
                    AdminDatabase.class,
                    (settings, own, none, wiring, output) ->
                            done.set(own.adminDatabaseUrl().hosts().get(0).toString())));

    @Test
    void tells_who_has_run_what_with_which_outcome_and_no_secret() {
        process.environment.put("ADMIN_ACTOR", "ada@example.org");
        assertThat(process.run(app, "admin", "import", "a.csv", "--older-than=2d", "--token", "hunter22"))
                .isEqualTo(ExitStatus.OK);
        assertThat(done).hasValue("a.csv");
        JsonNode audit = process.event("the task import has ended: succeeded");
        assertThat(audit.get("logger").asString()).isEqualTo("dev.twelvefactor.audit");
        assertThat(audit.get("actor").asString()).isEqualTo("ada@example.org");
        assertThat(audit.get("task").asString()).isEqualTo("import");
        assertThat(audit.get("arguments").asString())
                .isEqualTo("<file>=a.csv --older-than=2d --dry-run=false --token=***");
        assertThat(audit.get("outcome").asString()).isEqualTo("succeeded");
        assertThat(audit.get("status").asInt()).isZero();
        assertThat(audit.get("release").asString()).isNotBlank();
        assertThat(audit.get("duration_ms").asLong()).isNotNegative();
        assertThat(process.out()).doesNotContain("hunter22");
    }

    @Test
    void tells_the_outcome_of_a_task_that_fails() {
        App<NoSettings> failing = App.of("app").admin("fail", "Fails", NoOptions.class, (s, o, w) -> {
            throw new IllegalStateException("no table");
        });
        assertThat(process.run(failing, "admin", "fail")).isEqualTo(ExitStatus.FAILED);
        assertThat(process.event("the task fail has ended: failed")
                        .get("status")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void says_what_is_wrong_with_a_command_line() {
        assertThat(process.run(app, "admin", "import", "--older-than", "soon", "--dryrun"))
                .isEqualTo(ExitStatus.USAGE);
        assertThat(process.err()).isEqualTo("""
                        The command line is invalid: 3 problems.
                          --dryrun      is unknown; did you mean --dry-run?
                          <file>        is missing; write one such as /var/data
                          --older-than  "soon" is not a duration; write a number with ns, us, ms, s, m, h or d, such as 30s or 1h30m (command line)
                        See: admin import --help
                        """);
        assertThat(process.run(app, "admin", "imprt")).isEqualTo(ExitStatus.USAGE);
        assertThat(process.err())
                .isEqualTo("there is no task \"imprt\"; did you mean \"import\"?; \"admin\" lists them all\n");
        assertThat(process.run(app, "admin", "list", "--dry-run")).isEqualTo(ExitStatus.USAGE);
        assertThat(process.err()).contains("--dry-run  is unknown; there are no options");
    }

    @Test
    void shows_how_a_task_is_used() {
        assertThat(process.run(app, "admin", "import", "--help")).isEqualTo(ExitStatus.OK);
        assertThat(process.out())
                .startsWith("admin import: Read entries\n\nUsage: admin import [options] <file>\n\nArguments:\n")
                .containsPattern("  <file> +required +path\n")
                .containsPattern("Options:\n  --older-than +required +duration\n");
        assertThat(process.run(app, "admin", "grant", "--help")).isEqualTo(ExitStatus.OK);
        assertThat(process.out()).containsPattern("beside the app's:\n  ADMIN_DATABASE_URL +required +service URL");
        assertThat(process.run(app, "--help")).isEqualTo(ExitStatus.OK);
        assertThat(process.out()).contains("\nEnvironment of admin grant:\n  ADMIN_DATABASE_URL");
    }

    @Test
    void shows_rows_as_events_where_no_person_reads() {
        assertThat(process.run(app, "admin", "list")).isEqualTo(ExitStatus.OK);
        assertThat(process.events())
                .filteredOn(event -> event.get("message").asString().equals("entry"))
                .extracting(event ->
                        event.get("author").asString() + event.get("words").asInt())
                .containsExactly("Ada12", "Bob3");
    }

    @Test
    void reads_settings_of_its_own_that_no_other_task_needs() {
        assertThat(process.run(app, "admin", "list")).isEqualTo(ExitStatus.OK);
        assertThat(process.run(app, "admin", "grant")).isEqualTo(ExitStatus.CONFIG);
        assertThat(process.err()).contains("ADMIN_DATABASE_URL  is missing");
        process.environment.put("ADMIN_DATABASE_URL", "postgres://admin:hunter22@there/shop");
        assertThat(process.run(app, "admin", "grant")).isEqualTo(ExitStatus.OK);
        assertThat(done).hasValue("there");
    }

    @Test
    void belongs_to_the_same_release_with_settings_of_its_own() {
        process.environment.put("ADMIN_DATABASE_URL", "postgres://admin:hunter22hunter22@there/shop");
        process.run(app, "admin", "grant");
        String release = process.event("stopped").get("release").asString();
        process.run(app, "admin", "list");
        assertThat(process.event("stopped").get("release").asString()).isEqualTo(release);
    }

    /** Leases of one name, taken or not. */
    private static final class FakeLeases implements Leases, Connector<Leases> {
        private final AtomicBoolean taken = new AtomicBoolean();
        private final AtomicReference<Runnable> loss = new AtomicReference<>();
        private Runnable onClose = () -> {};

        Attachment<Leases> attachment() {
            return Attachment.of(ServiceUrl.parse("fake://h/d"), () -> this);
        }

        @Override
        public Optional<Lease> tryAcquire(String name) {
            return taken.compareAndSet(false, true) ? Optional.of(new Held(name)) : Optional.empty();
        }

        private final class Held implements Lease {
            private final String name;

            Held(String name) {
                this.name = name;
            }

            @Override
            public String name() {
                return name;
            }

            @Override
            public boolean isHeld() {
                return taken.get();
            }

            @Override
            public void onLoss(Runnable action) {
                loss.set(action);
            }

            @Override
            public void close() {
                onClose.run();
                taken.set(false);
            }
        }

        @Override
        public Optional<LeaseHolder> holder(String name) {
            return Optional.of(new LeaseHolder(name + "'s holder", Optional.of(Instant.EPOCH)));
        }

        @Override
        public Leases heldBy(String who) {
            return this;
        }

        @Override
        public Leases open(String name) {
            return this;
        }

        @Override
        public void check(Leases client) {}

        @Override
        public void close(Leases client) {}

        @Override
        public Failure explain(Exception failure) {
            return Failure.permanent(failure.toString());
        }
    }

    private static App<NoSettings> exclusive(
            FakeLeases leases, Duration patience, Task.Body<NoSettings, NoOptions> body) {
        return App.of("app")
                .admin(Task.of("close-month", "Close", NoOptions.class, body)
                        .exclusive(settings -> leases.attachment(), patience));
    }

    @Test
    void ends_with_75_while_another_run_has_the_lease_and_gives_it_back_when_it_has_ended() {
        FakeLeases leases = new FakeLeases();
        App<NoSettings> closing = exclusive(leases, Duration.ZERO, (s, o, w) -> done.set(done.get() + "x"));
        leases.taken.set(true);
        assertThat(process.run(closing, "admin", "close-month")).isEqualTo(ExitStatus.BUSY);
        assertThat(process.err())
                .isEqualTo("another run of \"close-month\" is at work, by app admin close-month's holder since"
                        + " 1970-01-01T00:00:00Z; run this one again when that has ended\n");
        assertThat(process.event("the task close-month has ended: refused")
                        .get("status")
                        .asInt())
                .isEqualTo(75);
        leases.taken.set(false);
        assertThat(process.run(closing, "admin", "close-month")).isEqualTo(ExitStatus.OK);
        assertThat(process.run(closing, "admin", "close-month")).isEqualTo(ExitStatus.OK);
        assertThat(done).hasValue("xx");
    }

    @Test
    void waits_for_the_other_run_as_long_as_it_is_told_to() throws Exception {
        FakeLeases leases = new FakeLeases();
        leases.taken.set(true);
        Thread other = new Thread(() -> leases.taken.set(false));
        App<NoSettings> closing = exclusive(leases, Duration.ofSeconds(30), (s, o, w) -> done.set("x"));
        other.start();
        assertThat(process.run(closing, "admin", "close-month")).isEqualTo(ExitStatus.OK);
        other.join();
        assertThat(done).hasValue("x");
    }

    @Test
    void stops_when_the_lease_is_lost_and_says_so() {
        FakeLeases leases = new FakeLeases();
        App<NoSettings> closing = exclusive(leases, Duration.ZERO, (s, o, w) -> {
            new Thread(leases.loss.get()).start();
            new CountDownLatch(1).await();
        });
        assertThat(process.run(closing, "admin", "close-month")).isEqualTo(ExitStatus.FAILED);
        assertThat(process.err())
                .contains(
                        "the lease of \"close-month\" was lost, so another run may have begun: this one was cut short");
    }

    /** As the thread of a lease runs it; returns when it has run. */
    private static void lose(FakeLeases leases) {
        Thread thread = new Thread(leases.loss.get());
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void fails_when_the_lease_was_lost_although_the_task_takes_no_notice() {
        FakeLeases leases = new FakeLeases();
        App<NoSettings> closing = exclusive(leases, Duration.ZERO, (s, o, w) -> {
            lose(leases);
            boolean unused = Thread.interrupted();
        });
        assertThat(process.run(closing, "admin", "close-month")).isEqualTo(ExitStatus.FAILED);
        assertThat(process.err())
                .isEqualTo(
                        "close-month failed: java.lang.IllegalStateException: the lease of \"close-month\" was lost, so"
                                + " another run may have begun: this one was cut short; see what it has left half done\n");
        assertThat(process.event("the task close-month has ended: failed")).isNotNull();
    }

    @Test
    void names_the_lease_as_the_cause_of_what_its_loss_made_fail() {
        FakeLeases leases = new FakeLeases();
        App<NoSettings> closing = exclusive(leases, Duration.ZERO, (s, o, w) -> {
            lose(leases);
            throw new IllegalStateException("the statement was interrupted");
        });
        assertThat(process.run(closing, "admin", "close-month")).isEqualTo(ExitStatus.FAILED);
        assertThat(process.err()).contains("the lease of \"close-month\" was lost");
        assertThat(process.out()).contains("the statement was interrupted");
    }

    @Test
    void succeeds_and_is_not_interrupted_when_the_lease_is_lost_after_the_work() {
        FakeLeases leases = new FakeLeases();
        AtomicBoolean interrupted = new AtomicBoolean();
        leases.onClose = () -> {
            lose(leases);
            interrupted.set(Thread.currentThread().isInterrupted());
        };
        App<NoSettings> closing = exclusive(leases, Duration.ZERO, (s, o, w) -> done.set("x"));
        assertThat(process.run(closing, "admin", "close-month")).isEqualTo(ExitStatus.OK);
        assertThat(interrupted).isFalse();
        assertThat(process.event("the task close-month has ended: succeeded")).isNotNull();
    }

    @Test
    void is_cut_short_when_it_swallows_the_interrupt_and_returns() {
        Thread main = Thread.currentThread();
        App<NoSettings> swallowing = App.of("app").admin("import", "Read", NoOptions.class, (s, o, w) -> {
            main.interrupt();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(process.run(swallowing, "admin", "import")).isEqualTo(130);
        JsonNode audit = process.event("the task import has ended: cut_short");
        assertThat(audit.get("status").asInt()).isEqualTo(130);
        assertThat(process.out())
                .contains(
                        "import returned after SIGINT, or an interrupt in its place had interrupted it, so nothing shows"
                                + " whether its work is complete; it counts as cut short");
    }

    @Test
    void succeeds_when_the_signal_comes_after_its_work() {
        FakeLeases leases = new FakeLeases();
        Thread main = Thread.currentThread();
        leases.onClose = () -> {
            main.interrupt();
            boolean interrupted = false;
            while (!interrupted) {
                LockSupport.park();
                interrupted = Thread.interrupted();
            }
        };
        App<NoSettings> closing = exclusive(leases, Duration.ZERO, (s, o, w) -> done.set("x"));
        assertThat(process.run(closing, "admin", "close-month")).isEqualTo(ExitStatus.OK);
        assertThat(process.event("the task close-month has ended: succeeded")).isNotNull();
    }

    record Needed(String needed) {}

    @Test
    void has_its_audit_event_when_the_configuration_is_invalid() {
        App<Needed> needing = App.of("app", Needed.class).admin("import", "Read", NoOptions.class, (s, o, w) -> {});
        assertThat(process.run(needing, "admin", "import")).isEqualTo(ExitStatus.CONFIG);
        JsonNode audit = process.event("the task import has ended: failed");
        assertThat(audit.get("status").asInt()).isEqualTo(78);
    }
}
