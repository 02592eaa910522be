import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Stdio, Stream } from "effect"
import { commandLine, saidInOrder, withAccessKey } from "../../CommandLine.ts"

const id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

const disk = { resource_type: "OS::Cinder::Volume", status: "available" }

const wholeServer = {
  status: "available",
  extend_info: { supported_restore_mode: "backup" },
  children: [
    { ...disk, resource_name: "system" },
    { ...disk, resource_name: "data", status: "error" }
  ]
}

const failed = JSON.stringify({ backup: { status: "error", created_at: new Date().toISOString(), protected_at: null } })

describe("cbr check, as a monitoring plugin", () => {
  it.effect.each([
    { words: ["check"], says: "wrong use: Missing required argument: ID" },
    { words: ["--lang", "en", "check"], says: "wrong use: Missing required argument: ID" },
    { words: ["--timeout", "5s", "check", id], says: "wrong use: Unrecognized flag: --timeout in command cbr" },
    {
      words: ["check", "--form", "x"],
      says: "wrong use: Unrecognized flag: --form in command cbr check. Did you mean"
    },
    { words: ["check", id, "--max-age", "old"], says: "wrong use: Invalid value for flag --max-age" },
    { words: ["check", id, "--max-age", "1h", "--warn-age", "5h"], says: "wrong use: --warn-age would never warn" },
    { words: ["check", id], says: "wrong use: no rule was given" },
    { words: ["check", "--from", "-", "--status", "error", "--query", "backup.["], says: "query cannot be used: " },
    { words: ["check", "--from", "-", "--status", "error", "--query", "abs(@)"], says: "query cannot be used: " },
    { words: ["check", id, "--from", "-", "--status", "error"], says: "wrong use: ID and --from exclude each other" },
    {
      words: ["check", id, "--policy", "/nowhere.yaml"],
      says: "policy cannot be used: it cannot be read: no such file"
    },
    {
      words: ["check", "--from", "/nowhere.json", "--status", "error"],
      says: "saved response cannot be used: it cannot be read"
    }
  ])("says in one line, with UNKNOWN, that $words cannot be checked", ({ says, words }) =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(words, { stdin: failed })
      assert.strictEqual(exitCode, 3)
      assert.isTrue(out.startsWith(`CBR UNKNOWN - ${says}`), out)
      assert.notInclude(out, "\n")
      assert.include(err, "(exit 3)")
    })
  )

  it.effect.each([
    { words: ["--exit-style", "cli"], env: {} },
    { words: ["--exit-style=cli"], env: {} },
    { words: [], env: { CBR_EXIT_STYLE: "cli" } }
  ])("with $words and $env reports wrong use as other commands do", ({ env, words }) =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(["check", ...words], { env })
      assert.deepStrictEqual({ exitCode, out }, { exitCode: 2, out: "" })
      assert.include(err, "(exit 2)")
    })
  )

  it.effect("cbr check prints no line on stdout that is not data, if data are asked for", () =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(["check", "-o", "json"])
      assert.deepStrictEqual({ exitCode, out }, { exitCode: 3, out: "" })
      assert.strictEqual(JSON.parse(err).exit, 3)
    })
  )

  it.effect.each([{ words: [] }, { words: ["-o", "table"] }, { words: ["-o", "value"] }])(
    "with --query and $words prints the result alone",
    ({ words }) =>
      Effect.gen(function* () {
        const query = ["--status", "available", "--query", "[0].findings[0].actual"]
        const { exitCode, out } = yield* commandLine(["check", "--from", "-", ...query, ...words], { stdin: failed })
        assert.strictEqual(exitCode, 2)
        assert.match(out, /^"?error"?$/)
      })
  )

  it.effect("cbr check does not take a backup that failed a moment ago for fresh", () =>
    Effect.gen(function* () {
      const words = ["check", "--from", "-", "--max-age", "24h"]
      const { exitCode, out } = yield* commandLine(words, { stdin: failed })
      assert.strictEqual(exitCode, 2)
      assert.match(
        out,
        /^CBR CRITICAL - age error, without protected_at: it failed, and holds nothing, expected at most/
      )
      assert.notInclude(out, "age=")
      const chinese = yield* commandLine([...words, "--lang", "zh"], { stdin: failed })
      assert.include(chinese.out, "备份失败，没有内容")
    })
  )
})

layer(simulatorLayer(), { excludeTestServices: true })("cbr check of a backup that is not there", (it) => {
  it.effect.each([
    { style: "monitoring", exit: 2 },
    { style: "cli", exit: 5 }
  ])("with --exit-style $style prints the code that it ends with", ({ exit, style }) =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const words = ["check", faults.not_found, "--status", "available", "--exit-style", style]
      const { err, exitCode } = yield* commandLine(words, { env: yield* withAccessKey })
      assert.strictEqual(exitCode, exit)
      assert.match(err, new RegExp(`^cbr: backup not found \\(exit ${exit}\\)`))
    })
  )
})

layer(simulatorLayer(), { excludeTestServices: true })("cbr check --healthy", (it) => {
  const check = Effect.fnUntraced(function* (ids: ReadonlyArray<string>, ...words: ReadonlyArray<string>) {
    return yield* commandLine(["check", ...ids, ...words], { env: yield* withAccessKey })
  })

  it.effect.each([
    {
      name: "available",
      exit: 0,
      says: "OK - healthy: new resources can be made from it, nothing can be restored in place"
    },
    { name: "example", exit: 0, says: "OK - healthy: it can be restored through the backups of the server's disks" },
    { name: "protecting", exit: 1, says: "WARNING - in progress: it is being made" },
    { name: "replicating", exit: 1, says: "WARNING - in progress: replication to ap-southeast-1 is under way, 62%" },
    {
      name: "replicated",
      exit: 1,
      says: "WARNING - degraded: replication to cn-south-1 failed (BackupService.2112: The destination vault"
    },
    { name: "error", exit: 2, says: "CRITICAL - failed: its status is error" },
    { name: "tree", exit: 2, says: "CRITICAL - failed: 1 of 3 disks is in error (ecs-orders-0001-volume-0002)" },
    { name: "expired", exit: 2, says: "CRITICAL - failed: it expired on 2020-03-06 (2020-03-06T10:38:34.209782)" },
    { name: "unknown_status", exit: 3, says: "UNKNOWN - unknown: the API's page does not list its status archiving" },
    { name: "minimal", exit: 3, says: "UNKNOWN - unknown: its status is not said" }
  ] as const)("exits $exit for $name", ({ exit, name, says }) =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { err, exitCode, out } = yield* check([backups[name]], "--healthy")
      assert.deepStrictEqual({ exitCode, err }, { exitCode: exit, err: "" })
      assert.isTrue(out.startsWith(`CBR ${says}`), out)
    })
  )

  it.effect("cbr check --healthy with --degraded critical exits 2 for a degraded backup", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { exitCode, out } = yield* check([backups.replicated], "--healthy", "--degraded", "critical")
      assert.strictEqual(exitCode, 2)
      assert.include(out, "CBR CRITICAL - degraded: replication to cn-south-1 failed")
      const alone = yield* check([backups.replicated], "--degraded", "critical", "--status", "available")
      assert.strictEqual(alone.exitCode, 3)
      assert.include(alone.out, "give")
    })
  )

  it.effect("exits 0 for a backup in progress while another whole one keeps the rules", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const rules = ["--healthy", "--max-age", "5000d"]
      const both = yield* check([backups.protecting, backups.available], ...rules)
      assert.strictEqual(both.exitCode, 0, both.out)
      assert.include(both.out, `in progress: it is being made; meanwhile ${backups.available} keeps the rules`)
      for (const other of [backups.tree, backups.replicated, backups.example, backups.restoring]) {
        assert.notStrictEqual((yield* check([backups.protecting, other], ...rules)).exitCode, 0)
      }
      const old = yield* check([backups.protecting, backups.available], "--healthy", "--max-age", "1h")
      assert.strictEqual(old.exitCode, 2)
    })
  )

  it.effect("cbr check --healthy prints codes and facts as data, a line for each backup in NDJSON", () =>
    Effect.gen(function* () {
      const { backups, faults } = yield* Simulator
      const { out } = yield* check([backups.tree, faults.not_found], "--status", "available", "-o", "ndjson")
      const lines = out.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>)
      assert.deepStrictEqual(
        lines.map(({ verdict }) => verdict),
        ["ok", "critical"]
      )
      assert.deepStrictEqual(lines[0]?.["health"], {
        level: "failed",
        reasons: [
          {
            code: "children-in-error",
            field: "children[2].status",
            total: 3,
            areDisks: true,
            parts: [{ name: "ecs-orders-0001-volume-0002", status: "error" }]
          }
        ]
      })
      assert.isNull(lines[1]?.["health"])
      const level = yield* check([backups.tree], "--healthy", "-o", "value", "--query", "[0].health.level")
      assert.deepStrictEqual([level.exitCode, level.out], [2, "failed"])
    })
  )

  it.effect("cbr check --healthy takes the same words from a policy as from flags", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const env = yield* withAccessKey
      const words = ["check", backups.replicated, "--policy", "-"]
      const told = yield* commandLine(words, { env, stdin: "healthy: true\ndegraded: critical\n" })
      assert.strictEqual(told.exitCode, 2)
      assert.include(told.out, "CBR CRITICAL - degraded")
    })
  )
})

layer(simulatorLayer(), { excludeTestServices: true })("the first line of cbr check", (it) => {
  const check = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(["check", ...words], { env: yield* withAccessKey })
  })
  const firstLine = (out: string) => out.split("\n")[0] ?? ""

  it.effect("the first line counts the checked rules alone", () =>
    Effect.gen(function* () {
      const { backups, faults } = yield* Simulator
      const missing = yield* check(faults.not_found, backups.error, "--status", "available", "--encrypted")
      assert.strictEqual(missing.exitCode, 2)
      assert.match(
        firstLine(missing.out),
        /CRITICAL - fa\S+: backup not found: .*; 2 rules failed and 1 backup not found$/
      )
      const one = yield* check(faults.not_found, "--status", "available", "--encrypted")
      assert.match(firstLine(one.out), /^CBR CRITICAL - backup not found: [^;]*$/)
      assert.notInclude(one.out, "rule")
      const nothing = yield* check(backups.minimal, "--status", "available", "--encrypted")
      assert.include(firstLine(nothing.out), "status missing, expected available; 2 rules unknown")
      assert.notInclude(firstLine(nothing.out), "failed")
    })
  )

  it.effect("the first line names a backup that is not found behind one that fails, in both languages", () =>
    Effect.gen(function* () {
      const { backups, faults } = yield* Simulator
      const words = [backups.expired, faults.not_found, "--healthy"]
      const english = firstLine((yield* check(...words)).out)
      assert.include(english, `1 rule failed and 1 backup not found (${faults.not_found})`)
      assert.notInclude(english, "not checked")
      const chinese = firstLine((yield* check(...words, "--lang", "zh")).out)
      assert.include(chinese, `1 个备份不存在（${faults.not_found}）`)
    })
  )

  it.effect("the first line names a failed backup before a broken rule", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { out } = yield* check(backups.available, backups.tree, "--restorable", "snapshot", "--healthy")
      assert.include(firstLine(out), `CRITICAL - ${backups.tree}: failed: 1 of 3 disks is in error`)
    })
  )

  it.effect("the first line never prints a limit that allows anything", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { out } = yield* check(backups.expired, "--warn-age", "20h")
      assert.include(firstLine(out), "expected at most 20h, else a warning")
      assert.notMatch(out, /ever\b/)
    })
  )

  it.effect("cbr check takes a mode behind --restorable and a space", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const spaced = yield* check(backups.tree, "--restorable", "snapshot")
      // A second may pass between the two.
      const ageless = <A extends { readonly out: string }>(ended: A) => ({
        ...ended,
        out: ended.out.replace(/age=\d+s/, "age")
      })
      assert.deepStrictEqual(ageless(spaced), ageless(yield* check(backups.tree, "--restorable=snapshot")))
      assert.strictEqual(spaced.exitCode, 0)
      const other = yield* check(backups.tree, "--restorable", "backup")
      assert.strictEqual(other.exitCode, 2)
      assert.strictEqual((yield* check("--restorable", backups.tree)).exitCode, 0)
    })
  )

  it.effect("the first line names and counts a child in error, whichever rule it breaks", () =>
    Effect.gen(function* () {
      const stdin = JSON.stringify({ backup: wholeServer })
      for (const rule of ["--healthy", "--children-whole", "--restorable", "--restorable=backup"]) {
        const { exitCode, out } = yield* commandLine(["check", "--from", "-", rule], { stdin })
        assert.strictEqual(exitCode, 2)
        assert.include(firstLine(out), "1 of 2 disks is in error (data)", rule)
      }
    })
  )

  it.effect("the first line has figures for each of several backups, under labels of their own", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { available, replicating } = backups
      const { out } = yield* check(available, replicating, replicating, "--max-age", "5000d", "--warn-age", "4000d")
      const [, figures = ""] = firstLine(out).split(" | ")
      assert.deepStrictEqual(
        figures.split(" ").map((figure) => figure.replace(/=\d+/, "=N")),
        [
          `age_${available}=Ns;345600000;432000000`,
          `age_${replicating}=Ns;345600000;432000000`,
          `progress_${replicating}=N%`
        ]
      )
    })
  )

  it.effect("the first line has no negative age for a clock that is a little behind", () =>
    Effect.gen(function* () {
      const soon = new Date(Date.now() + 100_000).toISOString()
      const stdin = JSON.stringify({ backup: { status: "available", created_at: soon } })
      const { exitCode, out } = yield* commandLine(["check", "--from", "-", "--max-age", "1h"], { stdin })
      assert.strictEqual(exitCode, 0)
      assert.include(firstLine(out), "age=0s;")
    })
  )

  it.effect(
    "the first line has no figure for the age of a backup from the future, alone or of a fleet, in any format",
    () =>
      Effect.gen(function* () {
        const created_at = new Date(Date.now() + 86_400_000).toISOString()
        const backup = { id: "b", status: "available", created_at, resource_id: "disk" }
        for (const [words, saved] of [
          [[], { backup }],
          [["--all"], { backups: [backup] }]
        ] as const) {
          const options = { stdin: JSON.stringify(saved) }
          const { out } = yield* commandLine(["check", ...words, "--from", "-", "--max-age", "1h"], options)
          assert.match(firstLine(out), /^CBR /)
          assert.notMatch(firstLine(out).split(" | ")[1] ?? "", /age=/)
        }
        const saved = { stdin: JSON.stringify({ backups: [backup] }) }
        const fleet = ["check", "--all", "--from", "-", "--max-age", "1h", "-o"]
        const rows = yield* commandLine([...fleet, "json"], saved)
        const [row] = JSON.parse(rows.out) as ReadonlyArray<{
          readonly age_seconds: unknown
          readonly verdict: unknown
        }>
        assert.deepInclude(row, { age_seconds: null, verdict: "unknown" })
        const metrics = yield* commandLine([...fleet, "openmetrics"], saved)
        assert.notInclude(metrics.out, "cbr_resource_age_seconds{")
      })
  )

  it.effect("the first line comes first on either stream, and no other line has a |", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      // A region by flag that sets an endpoint aside is worth a note, each attempt a line, a failure some.
      const words = ["check", "nothing|here", backups.tree, "--of-resource", "a|b", "--debug", "--region", "cn-north-4"]
      const env = { ...(yield* withAccessKey), CBR_REGION: "cn-south-1" }
      for (const more of [[], ["--error-format", "json"]]) {
        const said = yield* saidInOrder([...words, "--retries", "0", "--timeout", "1s", ...more], { env })
        assert.match(said[0]?.text ?? "", /^CBR UNKNOWN - nothing\/here: /)
        assert.strictEqual(said[0]?.stream, "out")
        assert.isAbove(said.filter(({ stream }) => stream === "err").length, 1)
        const [, ...others] = said.flatMap(({ text }) => text.split("\n"))
        assert.deepStrictEqual(
          others.filter((line) => line.includes("|")),
          []
        )
      }
    })
  )

  it.effect("the first line comes before the warnings of Node", () =>
    Effect.gen(function* () {
      const said = yield* saidInOrder(["check", "--from", "-", "--status", "error"], {
        stdio: Stdio.layerTest({
          stdin: Stream.suspend(() => {
            process.emitWarning("something | of the runtime's own")
            return Stream.fromEffect(
              Effect.delay(
                Effect.sync(() => new TextEncoder().encode(failed)),
                "1 millis"
              )
            )
          })
        })
      })
      assert.deepStrictEqual(
        said.map(({ stream }) => stream),
        ["out", "out", "err"]
      )
      assert.include(said[2]?.text, "something / of the runtime's own")
    })
  )
})
