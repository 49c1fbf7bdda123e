package contender;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.sql.SQLException;
import java.util.Optional;

@Controller("/entries")
@ExecuteOn(TaskExecutors.BLOCKING)
public class EntryController {

    private final EntryRepository entries;

    EntryController(EntryRepository entries) {
        this.entries = entries;
    }

    @Get("/{id}")
    Optional<Entry> entry(long id) throws SQLException {
        return entries.byId(id);
    }
}
