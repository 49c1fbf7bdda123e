package dev.twelvefactor.admin.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OnOwnThreadTest {
    @Test
    void does_something_else_meanwhile() throws Exception {
        CountDownLatch thrice = new CountDownLatch(3);
        String result = OnOwnThread.call(
                "work",
                () -> {
                    thrice.await();
                    return "done";
                },
                new OnOwnThread.Meanwhile(Duration.ofMillis(1), thrice::countDown),
                thread -> {});
        assertThat(result).isEqualTo("done");
    }
}
