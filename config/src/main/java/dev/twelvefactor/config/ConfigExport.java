package dev.twelvefactor.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The variables that an app reads, for other readers than the app: a file to start from, a table for a document, a schema for a tool. No export holds a secret. */
public final class ConfigExport {
    private ConfigExport() {}

    /** A {@code .env.example}: what is required is to be filled in, everything else stands behind a {@code #} with its default. Valid as a {@code .env}. */
    public static String dotEnv(List<Variable> variables) {
        StringBuilder text = new StringBuilder();
        for (Variable variable : variables) {
            List<String> words = new ArrayList<>();
            words.add(variable.type());
            if (variable.required()) {
                words.add("required");
            }
            String doc = variable.doc().isEmpty() ? "" : variable.doc() + " ";
            text.append(text.isEmpty() ? "" : "\n")
                    .append("# ")
                    .append(doc)
                    .append('(')
                    .append(String.join(", ", words))
                    .append(")\n")
                    .append(variable.required() ? "" : "# ")
                    .append(variable.name())
                    .append('=')
                    .append(variable.defaultValue().map(ConfigExport::quoted).orElse(""))
                    .append('\n');
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return text.matches("[\\w./:,+@%-]*")
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    /** A table in Markdown. */
    public static String markdown(List<Variable> variables) {
        StringBuilder table =
                new StringBuilder("| variable | type | default | what it is for |\n| --- | --- | --- | --- |\n");
        for (Variable variable : variables) {
            String value = variable.required()
                    ? "required"
                    : variable.defaultValue()
                            .filter(text -> !text.isEmpty())
                            .map(text -> '`' + cell(text) + '`')
                            .orElse("");
            table.append("| `")
                    .append(variable.name())
                    .append("` | ")
                    .append(cell(variable.type()))
                    .append(variable.secret() ? " (secret)" : "")
                    .append(" | ")
                    .append(value)
                    .append(" | ")
                    .append(cell(variable.doc()))
                    .append(" |\n");
        }
        return table.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }

    /**
     * A JSON Schema of the environment: each variable is a string, a secret is {@code writeOnly}.
     *
     * @param title the app's name
     * @see <a href="https://json-schema.org/draft/2020-12">JSON Schema 2020-12</a>
     */
    public static String jsonSchema(String title, List<Variable> variables) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Variable variable : variables) {
            Map<String, Object> property = new LinkedHashMap<>();
            property.put("type", "string");
            String doc = variable.doc().isEmpty() ? "" : variable.doc() + " ";
            property.put("description", doc + "(" + variable.type() + ")");
            variable.defaultValue().filter(text -> !variable.secret()).ifPresent(text -> property.put("default", text));
            if (variable.secret()) {
                property.put("writeOnly", true);
            }
            properties.put(variable.name(), property);
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", title);
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put(
                "required",
                variables.stream()
                        .filter(Variable::required)
                        .map(Variable::name)
                        .toList());
        return ConfigValueFactory.fromMap(schema)
                .render(ConfigRenderOptions.defaults().setOriginComments(false).setComments(false));
    }
}
