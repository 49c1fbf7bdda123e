package dev.twelvefactor.benchmarks.comparison;

import java.util.ArrayList;
import java.util.List;

/**
 * A contender in one of its ways, with or without a line of log a request.
 *
 * @param way {@link #PLAIN}, or what its paths begin with
 * @param mode {@link #QUIET} or {@link #ACCESS}
 */
record Entrant(Contender contender, String way, String mode) {
    static final String PLAIN = "blocking";
    static final String QUIET = "quiet";
    static final String ACCESS = "access";

    /** Those who do this work on this JDK. */
    static List<Entrant> of(List<Contender> contenders, Work work, Jdk jdk, List<String> modes) {
        List<Entrant> entrants = new ArrayList<>();
        for (Contender contender : contenders) {
            if (contender.app().equals(work.app()) && contender.runsOn(jdk)) {
                for (String way : contender.variants()) {
                    modes.stream()
                            .filter(mode -> !mode.equals(ACCESS) || contender.logsAccess())
                            .forEach(mode -> entrants.add(new Entrant(contender, way, mode)));
                }
            }
        }
        return List.copyOf(entrants);
    }

    String variant() {
        return way + "/" + mode;
    }

    String prefix() {
        return way.equals(PLAIN) ? "" : "/" + way;
    }

    @Override
    public String toString() {
        return contender.name() + " (" + way + ", " + mode + ")";
    }
}
