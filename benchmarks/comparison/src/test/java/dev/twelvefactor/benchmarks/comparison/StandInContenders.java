package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Folders as in benchmarks/contenders, with {@link StandIn} as the app of each. */
final class StandInContenders {
    private StandInContenders() {}

    static void add(Path contenders, String id, String app, String more) throws IOException {
        Path folder = Files.createDirectories(contenders.resolve(id).resolve(app));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StandIn.class.getName());
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        StandIn.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString());
        new JarOutputStream(Files.newOutputStream(folder.resolve("app.jar")), manifest).close();
        Files.writeString(folder.resolve("contender.properties"), """
                name=Stand-in for %s
                version=1, first
                build=
                jar=app.jar
                size=app.jar
                minimum.jdk=17
                quiet=
                access=LOG=true
                cache.train=
                %s
                """.formatted(id, more));
    }
}
