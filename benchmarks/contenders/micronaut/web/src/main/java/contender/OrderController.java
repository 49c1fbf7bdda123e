package contender;

import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.serde.annotation.Serdeable;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.util.List;

@Controller("/orders")
public class OrderController {

    @Post("/{id}")
    Receipt order(@Positive long id, @Valid @Body Order order) {
        return new Receipt(id, order.customer(), order.email(), order.quantity(), order.items());
    }

    @Serdeable
    record Order(
            @NotBlank @Size(max = 100) String customer,
            @NotNull @Pattern(regexp = ".*@.*") String email,
            @Min(1) @Max(100) int quantity,
            @NotNull @Size(min = 1, max = 20) List<String> items) {
    }

    @Serdeable
    record Receipt(long id, String customer, String email, int quantity, List<String> items) {
    }
}
