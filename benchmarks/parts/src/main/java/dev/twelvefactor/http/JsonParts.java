package dev.twelvefactor.http;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** JSON both ways, between a body and a record. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JsonParts {
    private final TenFields fields = new TenFields(
            4711, "Ada Lovelace", "ada@example.org", true, 36, 1.5, "London", "EN", "a note", List.of(1, 2));

    private final Request order = Request.of("POST", "/orders/7")
            .withBody(
                    "application/json",
                    "{\"customer\":\"Ada Lovelace\",\"items\":[{\"sku\":\"AB-1234\",\"quantity\":3},{\"sku\":\"CD-5678\",\"quantity\":1}],\"note\":\"please wrap it\"}");

    /** What is written. */
    public record TenFields(
            long id,
            String name,
            String mail,
            boolean active,
            int age,
            double score,
            String city,
            String language,
            String note,
            List<Integer> groups) {}

    /** What is read; its record looks whether it can be. */
    public record Order(String customer, List<Item> items, String note) {
        /** Refuses an order of nothing. */
        public Order {
            if (items.isEmpty()) {
                throw new IllegalArgumentException("an order has an item");
            }
        }
    }

    /** One position of an order. */
    public record Item(String sku, int quantity) {}

    /** Ten fields, from the value to the bytes of the answer. */
    @Benchmark
    public Response write() {
        return Response.json(fields).rendered(Json.STANDARD);
    }

    /** An order, from the bytes of its request to the value. */
    @Benchmark
    public Order read() {
        return order.json(Order.class);
    }
}
