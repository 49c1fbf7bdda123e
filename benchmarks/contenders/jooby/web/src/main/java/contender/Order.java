package contender;

import java.util.List;

record Order(long id, String customer, String email, int quantity, List<String> items) {}
