import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Simulator } from "@cbr/simulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { inFleet } from "../SimulatedFleet.ts"

const gone = "0badc0de-0000-4000-8000-000000000001"

/** Command lines that print a note, with a piece of the note in English. */
const noting: ReadonlyArray<readonly [words: ReadonlyArray<string>, said: string]> = [
  [["list", "--name", "none"], "no backup matches"],
  [["list", "--no-replications", "--latest", "-o", "table"], "no replications were listed"],
  [["check", "--all", "--status", "available", "--ignore", "ecs-none"], "--ignore ecs-none ignores nothing"],
  [["check", "--all", "--healthy", "--from", "-"], "the saved list has no replications"],
  [["show", "b0000000-0000-4000-8000-00000000000f", "-o", "table"], "not of the documented type"],
  [["show", gone, "--dry-run"], "nothing was sent"],
  [["wait", gone, "--for", "deleted"], "the first poll found no such backup"],
  [
    ["wait", "--resource", "ecs-fleet-0006", "--newer-than", "90d", "--for", "exists"],
    "waits for a backup of ecs-fleet-0006"
  ],
  [["configure", "work", "--region", "cn-north-4"], "profile work is saved"],
  [["profiles", "use", "work"], "work is the default profile now"]
]

describe("a note", () => {
  it.live("a note is a line of JSON in English where errors are JSON, and else a line in the user's language", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const config = mkdtempSync(join(tmpdir(), "cbr-"))
        writeFileSync(join(config, "profiles.json"), '{"profiles":{}}', { mode: 0o600 })
        const stdin = JSON.stringify({
          backup: { id: backups.tree, status: "available", created_at: "2026-01-01T00:00:00" }
        })
        for (const [words, said] of noting) {
          const options = { stdin, config, env: { CBR_LANG: "zh" } }
          const { err } = yield* run([...words, "--error-format", "json"], options)
          const lines = err
            .split("\n")
            .map((line) => JSON.parse(line) as { readonly kind: string; readonly message: string })
          const note = lines.find(({ message }) => message.includes(said))
          assert.deepStrictEqual(Object.keys(note ?? {}), ["kind", "message"], `${words.join(" ")}: ${err}`)
          assert.strictEqual(note?.kind, "note")
          assert.notInclude(note?.message, "cbr:")
          const text = yield* run([...words, "--error-format", "text"], options)
          assert.match(text.err, /^cbr: .*\p{Script=Han}/mu, words.join(" "))
          assert.notInclude(text.err, said)
        }
      })
    )
  )
})
