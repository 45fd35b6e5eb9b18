// The report of Allure 3: `make report` uses it, and its quality gate is the exit status.
import { readFileSync } from "node:fs";

// `python -m dataflow.report.allure_config` writes what depends on the run.
const folder = process.env.REPORTS ?? "reports";
const run = JSON.parse(readFileSync(`${folder}/allure.json`, "utf8"));
const isGate = process.argv.includes("quality-gate");

export default {
  name: "Checklist",
  output: `${folder}/html`,
  // The gate would add a point to the history, too.
  ...(isGate ? {} : { historyPath: run.history, historyLimit: run.historyLimit }),
  plugins: {
    awesome: { options: { reportName: "Checklist", reportLanguage: "en", singleFile: true } },
  },
  hideLabels: ["parentSuite", "suite", "subSuite", "package", "thread", "language", "framework"],
  categories: run.categories.map((name) => ({ name, matchers: { labels: { category: name } } })),
  qualityGate: { rules: [{ maxFailures: 0, minTestsCount: run.minTestsCount }] },
  ...(run.waivers.length === 0
    ? {}
    : {
        resolutions: {
          knownIssuesPath: `${folder}/known-issues.json`,
          rules: run.waivers.map(({ id, comment }) => ({
            resolution: "accepted",
            testCaseId: [id],
            comment,
          })),
        },
      }),
};
