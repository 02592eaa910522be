// Runs a task of every package's tests, and says at the end what passed, what failed, and what was skipped and why.
import { spawnSync } from "node:child_process"
import { globSync, readFileSync, rmSync } from "node:fs"
import { relative } from "node:path"

interface Report {
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: ReadonlyArray<{
      readonly fullName: string
      readonly status: string
      readonly meta: { readonly needs?: string }
    }>
  }>
}

const reports = () => globSync(["*/test-report.json", "{apps,packages}/*/test-report.json"])

for (const file of reports()) rmSync(file)
const [task = "test", ...flags] = process.argv.slice(2)
const { status } = spawnSync("turbo", ["run", task, "--continue", ...flags], {
  stdio: "inherit",
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" }
})

const files = reports().flatMap((file) =>
  (JSON.parse(readFileSync(file, "utf8")) as Report).testResults.map((result) => ({
    ...result,
    name: relative(import.meta.dirname, result.name)
  }))
)
const tests = files.flatMap(({ assertionResults, name }) =>
  assertionResults.map(({ fullName, meta, status }) => ({ file: name, fullName, needs: meta.needs, status }))
)
const of = (wanted: string) => tests.filter(({ status }) => status === wanted)
/** Files that failed and not by a test: they did not load, or what their tests stand on did not come about. */
const broken = files.filter(
  ({ assertionResults, status }) =>
    status === "failed" && assertionResults.every((assertion) => assertion.status !== "failed")
)
const isBroken = new Set(broken.map(({ name }) => name))
const skipped = tests.filter(({ file, status }) => !isBroken.has(file) && status !== "passed" && status !== "failed")

const lines = [""]
for (const [needs, those] of Map.groupBy(skipped, ({ needs }) => needs)) {
  lines.push(
    needs === undefined
      ? "Skipped by their own condition:"
      : `Skipped, since this machine lacks what Debian's ${needs} brings (apt-get install ${needs}):`
  )
  for (const { file, fullName } of those) lines.push(`  ${file}: ${fullName}`)
}
if (broken.length > 0) {
  lines.push("Failed before their tests:", ...broken.map(({ message, name }) => `  ${name}: ${message.split("\n")[0]}`))
}
if (of("failed").length > 0)
  lines.push("Failed:", ...of("failed").map(({ file, fullName }) => `  ${file}: ${fullName}`))
lines.push(`${of("passed").length} passed, ${of("failed").length + broken.length} failed, ${skipped.length} skipped`)
console.log(lines.join("\n"))
process.exitCode = status ?? 1
