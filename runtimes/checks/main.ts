// Runs the checks of one door where there is a file system: `main.ts DOOR CLOUD`, DOOR promise, environment or effect, CLOUD as JSON.
// Prints the outcomes as one line of JSON.
import { type Check, type Cloud, outcomesOf } from "./Check.ts"

const [door = "", cloud = "{}"] = process.argv.slice(2)

const doors: Readonly<Record<string, () => Promise<ReadonlyArray<Check>>>> = {
  promise: async () =>
    (await import("./promise.ts")).checksOf((await import("@cbr/client/promise")).createBackupClient),
  environment: async () => (await import("./environment.ts")).checks,
  effect: async () => (await import("./transports.ts")).allTransports()
}
const checks = (await doors[door]?.()) ?? []

console.log(JSON.stringify(await outcomesOf(checks, JSON.parse(cloud) as Cloud)))
process.exit(0)
