package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.Undertow;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * What the published POM says to apps that do not have our parent. Maven gives them the versions of our own dependencies; what those
 * bring has the versions that they name, whatever our parent manages.
 */
class PublishedPomTest {
    private static final String UNDERTOW = "/META-INF/maven/io.undertow/undertow-core/pom.xml";

    private static String text(Element dependency, String name) {
        NodeList found = dependency.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }

    /** The artifacts of a group that a POM names as dependencies, but for optional ones and those of tests. */
    private static Set<String> dependencies(InputStream pom, String group) throws Exception {
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(pom)
                .getDocumentElement();
        Set<String> artifacts = new TreeSet<>();
        for (int i = 0; i < project.getChildNodes().getLength(); i++) {
            if (project.getChildNodes().item(i) instanceof Element child
                    && child.getTagName().equals("dependencies")) {
                NodeList all = child.getElementsByTagName("dependency");
                for (int j = 0; j < all.getLength(); j++) {
                    Element dependency = (Element) all.item(j);
                    if (text(dependency, "groupId").equals(group)
                            && !text(dependency, "optional").equals("true")
                            && !List.of("test", "provided").contains(text(dependency, "scope"))) {
                        artifacts.add(text(dependency, "artifactId"));
                    }
                }
            }
        }
        return artifacts;
    }

    @Test
    void names_each_xnio_artifact_that_undertow_names_so_that_apps_get_our_version_of_it() throws Exception {
        try (InputStream theirs = Undertow.class.getResourceAsStream(UNDERTOW);
                InputStream ours = Files.newInputStream(Path.of("pom.xml"))) {
            Set<String> named = dependencies(theirs, "org.jboss.xnio");
            assertThat(named).contains("xnio-api", "xnio-nio");
            assertThat(dependencies(ours, "org.jboss.xnio")).containsAll(named);
        }
    }
}
