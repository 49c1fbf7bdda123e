package contender;

import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.serde.annotation.Serdeable;

@Controller
public class GreetingController {

    @Get("/text")
    @Produces(MediaType.TEXT_PLAIN)
    String text() {
        return "Hello, World!";
    }

    @Get("/json")
    Person json() {
        return new Person(7, "Ada Lovelace", "ada@example.com", true, 98.5, 1815, "London", "GB", "1815-12-10",
                "Hello, World!");
    }

    @Serdeable
    record Person(long id, String name, String email, boolean active, double score, int visits, String city,
            String country, String created, String note) {
    }
}
