package contender;

public record Entry(long id, String author, String message) {
}
