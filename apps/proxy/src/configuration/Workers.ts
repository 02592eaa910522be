import * as Schema from "effect/Schema"
import { count, defaulted } from "./Defaulted.ts"

/** More processes than any machine has cores for is a slip of the pen. */
export const mostWorkers = 256

const Workers = Schema.Union([
  count(1, mostWorkers, "So many"),
  Schema.Literal("auto").annotate({ description: "One for each core that the process may use" })
])

/** With how many processes the proxy serves. */
export type Workers = typeof Workers.Type

/** With how many processes the proxy serves; read at start only. */
export const WorkersSetting = defaulted(
  Workers.annotate({
    message: `expected auto, or a whole number from 1 to ${mostWorkers}`,
    description: "Processes that serve, sharing the port; what is granted is divided among them. Read at start only"
  }),
  1
)
