package contender;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

@Path("/")
public class Greetings {

    @GET
    @Path("text")
    @Produces(MediaType.TEXT_PLAIN)
    public String text() {
        return "Hello, World!";
    }

    @GET
    @Path("json")
    public Person json() {
        return new Person(7, "Ada Lovelace", "ada@example.com", true, 98.5, 1815, "London", "GB", "1815-12-10",
                "Hello, World!");
    }

    public record Person(long id, String name, String email, boolean active, double score, int visits, String city,
            String country, String created, String note) {
    }
}
