package dev.twelvefactor.benchmarks.comparison;

import dev.twelvefactor.benchmarks.comparison.Measurement.Series;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What all measures of one JDK need.
 *
 * @param services the environment of the apps of work 4 and 5
 * @param scratch for files that nobody needs afterwards
 */
record Bench(
        String run,
        Raw raw,
        Jdk jdk,
        Pace pace,
        List<Contender> contenders,
        Map<String, String> services,
        Path scratch) {

    /** A process under load: its answers have been found right. */
    record Loaded(Entrant entrant, RunningApp app, String headers, Wrk wrk, Path gcLog) {}

    void record(Series series, int generation, int round, double value, String unit) {
        raw.add(new Measurement(run, series, round, generation, String.format(Locale.ROOT, "%.6g", value), unit));
    }

    Series series(String measure, Work work, Entrant entrant) {
        return new Series(
                measure,
                work.number(),
                entrant.variant(),
                jdk.label(),
                entrant.contender().id());
    }

    /** Starts one after the other, as ten at once keep each other from attaching in time, and checks each. */
    List<Loaded> start(Work work, List<Entrant> entrants, List<RunningApp> started)
            throws IOException, InterruptedException {
        List<Loaded> loaded = new ArrayList<>();
        for (Entrant entrant : entrants) {
            Path log = scratch.resolve("gc-" + System.nanoTime() + ".log");
            RunningApp app =
                    RunningApp.start(jdk, entrant.contender(), List.of("-Xlog:gc:file=" + log), environment(entrant));
            started.add(app);
            app.awaitAnswer(firstPath(entrant.contender()));
            String headers = AnswerCheck.check(work, entrant, app);
            Wrk wrk = Wrk.of(work, entrant, app, headers, scratch);
            loaded.add(new Loaded(entrant, app, headers, wrk, log));
        }
        return loaded;
    }

    Map<String, String> environment(Entrant entrant) {
        Map<String, String> environment =
                new LinkedHashMap<>(entrant.contender().app().equals("data") ? services : Map.of());
        environment.putAll(entrant.contender().environment(entrant.mode()));
        return environment;
    }

    static String firstPath(Contender contender) {
        return contender.app().equals("data") ? "/entries/1" : "/text";
    }

    /** The other way round in each second turn, so that nobody always comes after the same. */
    static <T> List<T> turns(List<T> all, int turn) {
        List<T> turns = new ArrayList<>(all);
        if (turn % 2 == 1) {
            Collections.reverse(turns);
        }
        return turns;
    }
}
