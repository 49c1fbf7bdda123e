package contender;

import io.jooby.Context;
import io.jooby.Jooby;
import io.jooby.exception.BadRequestException;
import io.jooby.handler.AccessLogHandler;

public class App extends Jooby {

    {
        install(new JacksonJson());
        if (getConfig().hasPath("ACCESS_LOG") && getConfig().getBoolean("ACCESS_LOG")) {
            use(new AccessLogHandler());
        }

        get("/text", ctx -> "Hello, World!");

        get("/json", ctx -> new Profile(
                7, "Ada Lovelace", "ada@example.com", true, 98.5, 1815, "London", "GB", "1815-12-10", "Hello, World!"));

        post("/orders/{id}", this::order);
    }

    private Order order(Context ctx) {
        long id = ctx.path("id").longValue();
        OrderRequest order = ctx.body(OrderRequest.class);
        if (id < 1 || order == null || !order.valid()) {
            throw new BadRequestException("not a valid order");
        }
        return new Order(id, order.customer(), order.email(), order.quantity(), order.items());
    }

    public static void main(String[] args) {
        runApp(args, App::new);
    }
}
