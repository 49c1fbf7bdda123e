package dev.twelvefactor.admin.migrate;

import dev.twelvefactor.config.Doc;
import dev.twelvefactor.config.ServiceUrl;
import java.util.Optional;

/**
 * What migrations read beside the app's settings.
 *
 * @param adminDatabaseUrl {@code ADMIN_DATABASE_URL}: the app's database with a user that may change its schema, which the app's own then need not
 */
record AdminDatabase(
        @Doc("the same database with a user that may change its schema")
        Optional<ServiceUrl> adminDatabaseUrl) {

    ServiceUrl or(ServiceUrl appUrl) {
        return adminDatabaseUrl.orElse(appUrl);
    }
}
