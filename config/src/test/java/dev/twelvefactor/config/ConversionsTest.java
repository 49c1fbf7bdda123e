package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConversionsTest {
    private static final Conversions OWN = Conversions.standard()
            .with(Currency.class, "currency", "one such as EUR", Currency::getInstance)
            .with(
                    BitSet.class,
                    "set of bits",
                    "digits 0 and 1",
                    text -> BitSet.valueOf(new long[] {Long.parseLong(text, 2)}));

    record Shop(Currency base, List<Currency> others, Optional<BitSet> flags, Map<Currency, Double> rates) {}

    @Test
    void convert_types_that_nobody_here_knows_also_inside_of_others() {
        Shop shop = EnvConfig.read(
                        List.of(Shop.class),
                        Environment.of(Map.of(
                                "BASE", "EUR", "OTHERS", "USD, CHF", "FLAGS", "101", "RATES", "USD=1.1,CHF=0.95")),
                        OWN)
                .get(Shop.class);
        assertThat(shop.base().getCurrencyCode()).isEqualTo("EUR");
        assertThat(shop.others()).hasSize(2);
        assertThat(shop.flags().orElseThrow().cardinality()).isEqualTo(2);
        assertThat(shop.rates()).containsEntry(Currency.getInstance("CHF"), 0.95);
        assertThat(CommandLine.read(Price.class, List.of("--in", "EUR"), OWN)
                        .options()
                        .in()
                        .getCurrencyCode())
                .isEqualTo("EUR");
    }

    record Price(Currency in) {}

    @Test
    void say_what_to_write() {
        assertThatThrownBy(() -> EnvConfig.read(List.of(Price.class), Environment.of(Map.of("IN", "Taler")), OWN)
                        .get(Price.class))
                .hasMessageContaining("IN  \"Taler\" is not a currency; write one such as EUR");
        assertThat(EnvConfig.describe(List.of(Price.class), OWN))
                .extracting(Variable::type)
                .containsExactly("currency");
        assertThatThrownBy(() -> EnvConfig.bind(Price.class, Environment.of(Map.of("IN", "EUR"))))
                .isInstanceOf(RecordException.class);
    }
}
