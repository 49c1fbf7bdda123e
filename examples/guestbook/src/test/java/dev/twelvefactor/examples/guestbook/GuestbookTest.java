package dev.twelvefactor.examples.guestbook;

import dev.twelvefactor.testing.EnvExample;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GuestbookTest {
    @Test
    void has_an_example_of_its_environment_that_is_up_to_date() {
        EnvExample.assertCurrent(Guestbook.app(), Path.of(".env.example"));
    }
}
