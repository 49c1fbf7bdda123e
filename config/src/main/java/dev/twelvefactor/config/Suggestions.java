package dev.twelvefactor.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean": the name nearest to one that was mistyped. */
public final class Suggestions {
    private Suggestions() {}

    /**
     * The candidate nearest to {@code given}, if one is near enough to be a slip of the keys: at most one edit in three characters, two
     * at most, in whatever case (optimal string alignment: insert, delete, replace, swap neighbours).
     */
    public static Optional<String> nearest(String given, Collection<String> candidates) {
        int most = Math.min(2, given.length() / 3);
        return candidates.stream()
                // The difference in length is the least that the distance can be, and told at once.
                .filter(candidate -> Math.abs(candidate.length() - given.length()) <= most)
                .filter(candidate -> !candidate.equals(given) && distance(given, candidate) <= most)
                .min(Comparator.<String>comparingInt(candidate -> distance(given, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static int distance(String given, String candidate) {
        return edits(given.toUpperCase(Locale.ROOT), candidate.toUpperCase(Locale.ROOT));
    }

    private static int edits(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : cheapest(edits, a, b, i, j);
            }
        }
        return edits[a.length()][b.length()];
    }

    private static int cheapest(int[][] edits, String a, String b, int i, int j) {
        int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, edits[i - 2][j - 2] + 1) : best;
    }
}
