import {
  assess,
  diff,
  driftText,
  health,
  healthText,
  JsonText,
  overallVerdict,
  restoreOptions,
  ShowBackupResponse
} from "@cbr/domain"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"

const read = (text: string) => Result.getOrThrow(ShowBackupResponse.read(text))

const body = `{"backup":{"status":"available","created_at":"2020-02-05T10:38:34.209782","resource_size":"40","shard":9007199254740993}}`
const { backup, drift, raw } = read(body)

console.log(backup.status, backup.created_at?.utc.toJSON(), backup.resource_size)
for (const each of drift) console.log(`${each.kind} ${each.path}: ${driftText(each).actual.en}`)
console.log(JsonText.indent(raw))

const now = DateTime.makeUnsafe("2020-02-06T12:00:00Z")
console.log(healthText(health(backup, now), "en"))

const findings = assess(backup, { status: "available", age: { max: Duration.hours(24) }, encrypted: true }, now)
console.log(findings.map(({ actual, field, verdict }) => `${verdict} ${field}: ${actual}`).join("\n"))
console.log("overall", overallVerdict(findings))

console.log(restoreOptions(backup).restore.obstacles)

const earlier = read(`{"backup":{"status":"protecting","created_at":"2020-02-05T10:38:34.209782"}}`).backup
console.log(diff(earlier, backup))
