package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    record Shop(
            ServiceUrl databaseUrl,
            Secret apiToken,
            @Default("5") int most,
            @Default("80") int port) {}

    private static final Map<String, String> GIVEN =
            Map.of("DATABASE_URL", "postgres://shop:Zae8oo2aef@db/shop", "API_TOKEN", "ieGh3oofai");

    private static Fingerprint of(Map<String, String> environment) {
        return EnvConfig.read(List.of(Shop.class), Environment.of(environment)).fingerprint(Set.of("PORT"));
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> changed = new HashMap<>(GIVEN);
        changed.put(name, value);
        return changed;
    }

    @Test
    void is_the_same_for_the_same_values_and_another_for_any_change() {
        assertThat(of(GIVEN)).isEqualTo(of(GIVEN));
        Set<String> digests = new HashSet<>();
        digests.add(of(GIVEN).digest());
        digests.add(of(with("MOST", "6")).digest());
        digests.add(of(with("API_TOKEN", "ieGh3oofaj")).digest());
        digests.add(
                of(with("DATABASE_URL", "postgres://shop:Zae8oo2aeg@db/shop")).digest());
        digests.add(
                of(with("DATABASE_URL", "postgres://shop:Zae8oo2aef@db2/shop")).digest());
        assertThat(digests).hasSize(5).allMatch(digest -> digest.matches("[0-9a-f]{12}"));
    }

    @Test
    void does_not_count_what_differs_between_processes_of_one_release() {
        assertThat(of(with("PORT", "81"))).isEqualTo(of(GIVEN));
        assertThat(of(GIVEN).covered()).containsExactly("API_TOKEN", "DATABASE_URL", "MOST");
        assertThat(of(GIVEN).withoutSecrets()).isEmpty();
    }

    @Test
    void leaves_secrets_out_that_a_digest_could_not_hide() {
        Map<String, String> weak = Map.of("DATABASE_URL", "postgres://shop:pw@db/shop", "API_TOKEN", "abc");
        Map<String, String> other = Map.of("DATABASE_URL", "postgres://shop:pw2@db/shop", "API_TOKEN", "abcd");
        Map<String, String> elsewhere = Map.of("DATABASE_URL", "postgres://shop:pw@db2/shop", "API_TOKEN", "abc");
        assertThat(of(weak).digest())
                .isEqualTo(of(other).digest())
                .isNotEqualTo(of(elsewhere).digest());
        assertThat(of(weak).withoutSecrets()).containsExactly("API_TOKEN", "DATABASE_URL");
    }

    record Two(String a, String b) {}

    @Test
    void does_not_take_one_list_of_values_for_another() {
        EnvConfig one = EnvConfig.read(List.of(Two.class), Environment.of(Map.of("A", "x", "B", "yz")));
        EnvConfig other = EnvConfig.read(List.of(Two.class), Environment.of(Map.of("A", "xy", "B", "z")));
        assertThat(one.fingerprint(Set.of())).isNotEqualTo(other.fingerprint(Set.of()));
    }
}
