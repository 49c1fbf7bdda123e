package dev.twelvefactor.app;

import dev.twelvefactor.admin.ConfigReport;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code admin check} finds, factor by factor. The ids are stable: a pipeline may count on them.
 *
 * @param app the app's name
 * @param findings of each check, in the order of the factors
 * @see <a href="https://12factor.net">The twelve-factor app</a>
 */
record Check(String app, List<Finding> findings) {

    /**
     * What one check has found.
     *
     * @param id the factor's number and what is looked at: {@code III-config-valid}
     * @param ok whether the app follows the rule
     * @param found what is so
     * @param mend what to do about it; empty if nothing is to be done
     */
    record Finding(String id, boolean ok, String found, String mend) {
        static Finding ok(String id, String found) {
            return new Finding(id, true, found, "");
        }

        static Finding broken(String id, String found, String mend) {
            return new Finding(id, false, found, mend);
        }

        static Finding of(String id, List<String> wrong, String otherwise, String mend) {
            return wrong.isEmpty() ? ok(id, otherwise) : broken(id, String.join("; ", wrong), mend);
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("id", id);
            json.put("ok", ok);
            json.put("found", found);
            json.put("mend", mend);
            return json;
        }
    }

    /**
     * Examines an app in its environment. Its services are opened, and closed again; nothing is written anywhere.
     *
     * @param lifecycle whose drain request ends the wait for services; what is known until then is found
     */
    static <S extends Record> Check of(App<S> app, EnvConfig config, Environment environment, Lifecycle lifecycle) {
        // A drain request must not interrupt what reads files: the wait for services looks for it.
        boolean unused = lifecycle.ready();
        List<Finding> findings = new ArrayList<>();
        Build build = Build.of(app.home());
        Platform platform = Platform.of(environment);
        findings.addAll(BuildChecks.of(
                build, System.getProperty("java.class.path", ""), app.home().getClassLoader()));
        findings.addAll(ConfigChecks.of(app, config));
        findings.addAll(WiringChecks.of(app, config, lifecycle));
        findings.addAll(RunChecks.of(app, config, environment, platform, build));
        return new Check(app.name(), inOrder(findings));
    }

    private static List<Finding> inOrder(List<Finding> findings) {
        List<String> factors = List.of("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII");
        List<Finding> sorted = new ArrayList<>();
        for (String factor : factors) {
            findings.stream()
                    .filter(finding -> finding.id().startsWith(factor + "-"))
                    .forEach(sorted::add);
        }
        return sorted;
    }

    boolean ok() {
        return findings.stream().allMatch(Finding::ok);
    }

    Printed printed(boolean json) {
        return new Printed(json ? json() : text(), ok() ? ExitStatus.OK : ExitStatus.FAILED);
    }

    private String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("app", app);
        json.put("ok", ok());
        json.put("checks", findings.stream().map(Finding::json).toList());
        return JsonMapper.shared().writeValueAsString(json) + "\n";
    }

    private String text() {
        List<String[]> rows = new ArrayList<>();
        for (Finding finding : findings) {
            rows.add(new String[] {finding.ok() ? "ok" : "BROKEN", finding.id(), finding.found()});
            if (!finding.ok()) {
                rows.add(new String[] {"", "", "to mend it: " + finding.mend()});
            }
        }
        long broken = findings.stream().filter(finding -> !finding.ok()).count();
        return ConfigReport.columns(rows)
                + (broken == 0
                        ? "\nNothing is wrong.\n"
                        : "\n" + broken + " of " + findings.size() + " checks found something wrong.\n");
    }
}
