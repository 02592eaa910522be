// Runs the checks of one door where there is a file system: `main.ts DOOR CLOUD`, DOOR promise or effect, CLOUD as JSON.
// Prints the outcomes as one line of JSON.
import { type Cloud, outcomesOf } from "./Check.ts"

const [door, cloud = "{}"] = process.argv.slice(2)

const checks =
  door === "promise" ? (await import("./promise.ts")).checks : await (await import("./transports.ts")).allTransports()

console.log(JSON.stringify(await outcomesOf(checks, JSON.parse(cloud) as Cloud)))
process.exit(0)
