package dev.twelvefactor.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntervalTest {
    @Test
    void of_no_figures_there_is_none() {
        assertThat(Interval.of(List.of())).isEmpty();
    }

    @Test
    void of_equal_figures_it_has_no_width() {
        assertThat(Interval.of(List.of(2.0, 2.0, 2.0))).contains(new Interval(2, 2, 2, 3));
    }

    @Test
    void of_one_to_fifteen_it_is_what_the_binomial_distribution_says() {
        // The 4th and the 12th of 15 ordered figures bound the median with 96.5 %.
        Interval interval = Interval.of(
                        IntStream.rangeClosed(1, 15).mapToObj(i -> (double) i).toList())
                .orElseThrow();
        assertThat(interval.median()).isEqualTo(8);
        assertThat(interval.low()).isBetween(3.0, 5.0);
        assertThat(interval.high()).isBetween(11.0, 13.0);
    }

    @Test
    void it_holds_the_true_median_in_most_of_many_experiments() {
        Random random = new Random(1);
        int held = 0;
        for (int i = 0; i < 40; i++) {
            List<Double> figures = new ArrayList<>();
            for (int j = 0; j < 15; j++) {
                figures.add(10 + random.nextGaussian());
            }
            Interval interval = Interval.of(figures).orElseThrow();
            if (interval.low() <= 10 && 10 <= interval.high()) {
                held++;
            }
        }
        assertThat(held).isBetween(35, 40);
    }

    @Test
    void figures_that_have_something_in_common_say_less() {
        List<List<Double>> alike = IntStream.rangeClosed(1, 5)
                .mapToObj(process -> IntStream.range(0, 20)
                        .mapToObj(round -> process + round / 100.0)
                        .toList())
                .toList();
        List<Double> loose = alike.stream().flatMap(List::stream).toList();
        Interval grouped = Interval.ofGroups(alike).orElseThrow();
        Interval single = Interval.of(loose).orElseThrow();
        assertThat(grouped.median()).isEqualTo(single.median());
        assertThat(grouped.high() - grouped.low()).isGreaterThan(single.high() - single.low());
    }

    @Test
    void the_same_figures_always_give_the_same() {
        List<Double> figures = List.of(1.0, 4.0, 2.0, 8.0);
        assertThat(Interval.of(figures)).isEqualTo(Interval.of(figures));
        assertThat(Interval.median(figures)).isEqualTo(3);
    }
}
