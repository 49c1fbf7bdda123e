package dev.twelvefactor.config;

import java.util.Collection;
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
        int letters = letters(given);
        String nearest = null;
        int least = most + 1;
        for (String candidate : candidates) {
            // What is told at once comes first, as a start asks this of each variable that is not set: an edit changes
            // the length by one, and the set of letters by two.
            if (Math.abs(candidate.length() - given.length()) <= most
                    && Integer.bitCount(letters ^ letters(candidate)) <= 2 * most
                    && !candidate.equals(given)) {
                int distance = distance(given, candidate);
                if (distance < least || (distance == least && nearest != null && candidate.compareTo(nearest) < 0)) {
                    nearest = candidate;
                    least = distance;
                }
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** A bit for each letter that a text has, in whatever case; some letters share one. */
    private static int letters(String text) {
        int letters = 0;
        for (int i = 0; i < text.length(); i++) {
            letters |= 1 << (text.charAt(i) & 31);
        }
        return letters;
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
