package web;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class WebController {

    record Profile(
            int id,
            String name,
            String email,
            boolean active,
            double score,
            int visits,
            String city,
            String country,
            String created,
            String note) {}

    record OrderRequest(
            @NotBlank @Size(max = 100) String customer,
            @NotNull @Pattern(regexp = ".*@.*") String email,
            @Min(1) @Max(100) int quantity,
            @NotNull @Size(min = 1, max = 20) List<String> items) {}

    record Order(long id, String customer, String email, int quantity, List<String> items) {}

    @GetMapping(path = "/text", produces = MediaType.TEXT_PLAIN_VALUE)
    String text() {
        return "Hello, World!";
    }

    @GetMapping("/json")
    Profile json() {
        return new Profile(
                7, "Ada Lovelace", "ada@example.com", true, 98.5, 1815, "London", "GB", "1815-12-10", "Hello, World!");
    }

    @PostMapping("/orders/{id}")
    Order order(@PathVariable @Positive long id, @Valid @RequestBody OrderRequest order) {
        return new Order(id, order.customer(), order.email(), order.quantity(), order.items());
    }
}
