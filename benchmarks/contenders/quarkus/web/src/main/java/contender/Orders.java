package contender;

import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

@Path("/orders")
public class Orders {

    @POST
    @Path("{id}")
    public Receipt order(@Positive long id, @NotNull @Valid Order order) {
        return new Receipt(id, order.customer(), order.email(), order.quantity(), order.items());
    }

    public record Order(
            @NotBlank @Size(max = 100) String customer,
            @NotNull @Pattern(regexp = ".*@.*") String email,
            @Min(1) @Max(100) int quantity,
            @NotNull @Size(min = 1, max = 20) List<String> items) {
    }

    public record Receipt(long id, String customer, String email, int quantity, List<String> items) {
    }
}
