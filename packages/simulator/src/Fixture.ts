import { BackupId, ProjectId } from "@cbr/domain"
import type * as Duration from "effect/Duration"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import { example } from "./fixtures/Example.ts"
import { nonConformingBackups } from "./fixtures/NonConformingBackups.ts"
import { resources } from "./fixtures/Resources.ts"
import { becomingAvailable, statuses } from "./fixtures/Statuses.ts"

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/
const framing = new Set(["connection", "content-length", "transfer-encoding"])

const headerProblem = (name: string, value: string): string | undefined => {
  if (!headerName.test(name)) return "Expected a header name"
  if (framing.has(name.toLowerCase())) return "Expected no header that frames the answer: the server sets it"
  return headerValue.test(value) ? undefined : "Expected a header value"
}

const Headers = Schema.Record(Schema.String, Schema.String).check(
  Schema.makeFilter((headers) =>
    Object.entries(headers).flatMap(([name, value]) => {
      const issue = headerProblem(name, value)
      return issue === undefined ? [] : [{ path: [name], issue }]
    })
  )
)

/**
 * One backup as the simulator serves it, and one element of the file that
 * `--fixtures` names. `body` goes out byte for byte, as UTF-8, whether or not
 * it is JSON; `status` and `headers` go with it (200 and
 * `content-type: application/json` unless given).
 *
 * @example
 * ```json
 * [{ "backup_id": "6df2b54c-dd62-4059-a07c-1b8f24f2725d", "body": "{\"backup\":{\"status\":\"available\"}}" }]
 * ```
 */
export const Fixture = Schema.Struct({
  backup_id: BackupId,
  /** The project of the built-in backups unless given. The simulated account owns every project that is named here. */
  project_id: Schema.optionalKey(ProjectId),
  status: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 }, { expected: "an HTTP status from 200 to 599" }))
  ),
  /** The server frames its answers itself, so `content-length`, `transfer-encoding` and `connection` are refused; a fault can break framing. */
  headers: Schema.optionalKey(Headers),
  body: Schema.String
})

export type Fixture = typeof Fixture.Type

/** A backup whose answer changes by itself: each step holds from its time on, counted from the first request for it. */
export type Timeline = readonly [
  Fixture,
  ...ReadonlyArray<{ readonly after: Duration.Input; readonly fixture: Fixture }>
]

const unchanging = {
  example: { backup_id: "6df2b54c-dd62-4059-a07c-1b8f24f2725d", body: example },
  ...statuses,
  ...resources,
  ...nonConformingBackups
} satisfies Record<string, Fixture>

export type BuiltInName = keyof typeof unchanging | "becoming_available"

/** The built-in backups by name. */
export const builtIn = {
  ...Record.map(unchanging, (fixture: Fixture): Timeline => [fixture]),
  becoming_available: becomingAvailable
} satisfies Readonly<Record<BuiltInName, Timeline>> as Readonly<Record<BuiltInName, Timeline>>
