package contender;

import java.sql.SQLException;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;

@Path("/entries")
@RunOnVirtualThread
public class Entries {

    private final EntryStore store;

    Entries(EntryStore store) {
        this.store = store;
    }

    @GET
    @Path("{id}")
    public Entry entry(long id) throws SQLException {
        return store.byId(id).orElseThrow(NotFoundException::new);
    }
}
