import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Simulator } from "@cbr/simulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { commandLine } from "../../CommandLine.ts"
import { inFleet, servers } from "../../SimulatedFleet.ts"

/** The simulator's built-in backups are years old. */
const own = ["--ignore", "ecs-orders*", "--ignore", "b0000000*", "--ignore", "6df2b54c*", "--seen-within", "20d"]

const all = ["check", "--all", "--max-age", "26h", "--healthy", ...own]

const fileOf = (...lines: ReadonlyArray<string>): string => {
  const path = join(mkdtempSync(join(tmpdir(), "cbr-names-")), "names.txt")
  writeFileSync(path, lines.join("\n"))
  return path
}

interface Row {
  readonly id: string | null
  readonly resource_id: string | null
  readonly resource_name: string
  readonly verdict: string
  readonly findings: ReadonlyArray<{ readonly rule: string; readonly actual: string }>
  readonly newer: ReadonlyArray<{ readonly id: string; readonly health: { readonly level: string } }>
}

describe("cbr check --all", () => {
  it.live("cbr check --all gives one result a server, the worst first, with counts and the oldest age", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const { exitCode, out } = yield* run([...all, "--replicated", "ap-southeast-1"])
        const [state = "", ...lines] = out.split("\n")
        assert.strictEqual(exitCode, 2)
        assert.match(state, /^CBR CRITICAL - 11 resources: 3 CRITICAL, 8 OK, /)
        assert.match(state, /\| ok=8 warning=0 unknown=0 critical=3 total=11 .*oldest_age=\d+s;;93600$/)
        const names = lines.map((line) => line.split(/\s+/)[1])
        assert.deepStrictEqual(names.slice(0, 4), [
          fleet?.late,
          fleet?.failing,
          fleet?.not_replicated,
          fleet?.under_way
        ])
        assert.include(out, "OK        7 more")
      })
    )
  )

  it.live("a server that must have a backup and has none is CRITICAL, not invisible", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const expected = fileOf("# the servers", fleet?.without_backups ?? "", "", "ecs-fleet-0009")
        const { exitCode, out } = yield* run([...all, "--expect", expected, "-o", "json"])
        const rows = JSON.parse(out) as ReadonlyArray<Row>
        assert.strictEqual(exitCode, 2)
        assert.deepStrictEqual([rows[0]?.resource_name, rows[0]?.verdict], [fleet?.without_backups, "critical"])
        assert.strictEqual(rows[0]?.findings[0]?.actual, "it has no backup")
        assert.lengthOf(rows, servers)
      })
    )
  )

  it.live("a file that names no server is refused, and no check without it passes for one with it", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { exitCode, out } = yield* run([...all, "--expect", fileOf("# none yet", "")])
        assert.strictEqual(exitCode, 3)
        assert.include(out, "CBR UNKNOWN - wrong use: the file of --expect names no server or disk")
        const { err } = yield* run([...all, "--expect", "/nowhere.txt"])
        assert.include(err, "list of servers cannot be used")
        assert.include(err, "next:  give a text file with the name or id of a server or disk a line")
      })
    )
  )

  it.live(
    "a pattern hides no more than it names: an empty one nothing, not even a disk that has no name, and no part of a name",
    () =>
      inFleet((run) =>
        Effect.gen(function* () {
          const path = fileOf(
            JSON.stringify({
              backups: [{ id: "b", status: "error", resource_id: "disk", resource_name: null }],
              count: 1
            })
          )
          for (const pattern of ["", "isk", "dis", "d.sk"]) {
            const { exitCode } = yield* run(["check", "--all", "--healthy", "--ignore", pattern, "--from", path])
            assert.strictEqual(exitCode, 2, pattern)
          }
        })
      )
  )

  it.live("a server that is expected and ignored is named in the first line, and is no server without a backup", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const expected = fileOf("ecs-fleet-0006", "ecs-fleet-0007", "ecs-fleet-0099", "ecs-fleet-0009")
        const id = "f1ee0000-0000-4000-8000-000000000007"
        const words = ["--ignore", "ecs-fleet-0006", "--ignore", id, "--ignore", "*-0099", "--expect", expected]
        const { out } = yield* run([...all, ...words])
        const [state = "", ...lines] = out.split("\n")
        assert.include(
          state,
          "--ignore leaves out 3 names of --expect (ecs-fleet-0006, ecs-fleet-0007, ecs-fleet-0099)"
        )
        assert.notInclude(lines.join("\n"), "it has no backup")
        const { out: translated } = yield* run([...all, ...words], { env: { CBR_LANG: "zh" } })
        assert.include(
          translated,
          "--ignore 略去了 --expect 中的 3 个名称（ecs-fleet-0006、ecs-fleet-0007、ecs-fleet-0099）"
        )
      })
    )
  )

  it.live("a saved page that may lack backups, by its count, its limit or its offset, is UNKNOWN at best", () =>
    Effect.gen(function* () {
      const backups = [
        { id: "b", status: "available", resource_id: "disk", created_at: "2026-01-02T00:00:00" },
        { id: "c", status: "available", resource_id: "disk", created_at: "2026-01-01T00:00:00" }
      ]
      for (const [page, why] of [
        [{ backups, count: 5 }, "has 2 of 5 backups"],
        [{ backups, count: 2, offset: 1_000, limit: 1_000 }, "lacks the 1000 backups before it"],
        [{ backups, count: 2, limit: 2, offset: 0 }, "is full with 2 backups"],
        [{ backups, limit: 2 }, "is full with 2 backups"],
        [{ backups, count: "5" }, "does not say in numbers"],
        [{ backups, count: 2, offset: "10" }, "does not say in numbers"],
        [{ backups, count: 2, limit: "2" }, "does not say in numbers"]
      ] as const) {
        const from = ["--from", fileOf(JSON.stringify(page))]
        const { err, exitCode, out } = yield* commandLine(["check", "--all", "--status", "available", ...from])
        assert.deepStrictEqual([exitCode, out.split(" - ")[0]], [3, "CBR UNKNOWN"])
        assert.include(out, why)
        assert.include(err, why)
        const latest = yield* commandLine(["list", "--latest", "-o", "value", ...from])
        assert.deepStrictEqual([latest.exitCode, latest.out, latest.err.includes(why)], [12, "b", true])
      }
      const whole = fileOf(JSON.stringify({ backups, count: 2, limit: 3, offset: 0 }))
      const { exitCode } = yield* commandLine(["check", "--all", "--status", "available", "--from", whole])
      assert.strictEqual(exitCode, 0)
    })
  )

  it.live("a line fits a terminal, which shows every name, age and id that a pipe gets", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const words = ["check", "--all", "--max-age", "26h", "--healthy", "--no-color"]
        const linesOf = (out: string) => out.slice(out.indexOf("oldest_age")).split("\n").slice(1)
        const piped = linesOf((yield* run(words)).out)
        const shown = linesOf((yield* run(words, { stdoutIsTerminal: true })).out)
        // A second may pass between the two.
        const wordsOf = (lines: ReadonlyArray<string>) =>
          lines
            .join(" ")
            .split(/\s+/)
            .filter((word) => !/^\d+[dhms]$/.test(word))
        assert.deepStrictEqual(wordsOf(shown), wordsOf(piped))
        assert.isAtMost(Math.max(...shown.map((line) => line.length)), 80)
        assert.isAbove(Math.max(...piped.map((line) => line.length)), 120)
        assert.match(shown.join("\n"), /^CRITICAL {2}ecs-orders-0001\n {4}age \d+d .*[^…]$/m)
      })
    )
  )

  it.live("servers that are gone or ignored are counted, unless they are expected", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const words = ["check", "--all", "--max-age", "26h", "--ignore", fileOf("ecs-orders*", "b0*", "6df2b54c*")]
        const { out } = yield* run([...words, "--seen-within", "3d"])
        // Two servers, and two backups that name no resource.
        assert.match(out, / ignored=4 gone=\d+/)
        assert.notInclude(out, `${fleet?.late}`)
        const kept = yield* run([...words, "--seen-within", "3d", "--expect", fileOf(fleet?.late ?? "")])
        assert.include(kept.out, `CRITICAL  ${fleet?.late}`)
      })
    )
  )

  it.live(
    "cbr check --all asks for no more than the pages of the list, and for a backup alone where the list left its copies out",
    () =>
      inFleet(
        (run) =>
          Effect.gen(function* () {
            const { requests } = yield* Simulator
            const { out } = yield* run([...all, "--replicated", "ap-southeast-1"])
            assert.match(out, /3 CRITICAL, 8 OK/)
            const paths = (yield* requests).filter(({ listener }) => listener === "cbr").map(({ path }) => path)
            assert.isAtMost(paths.filter((path) => path.includes("/backups?")).length, 2)
            assert.lengthOf(
              paths.filter((path) => /\/backups\/[^?]+$/.test(path)),
              11
            )
          }),
        { list: { ignores: ["show_replication"] } }
      )
  )

  it.live("where a cloud refuses copies in a list, they are asked for one by one, and the check is as good", () =>
    inFleet(
      (run) =>
        Effect.gen(function* () {
          const { fleet } = yield* Simulator
          const words = [...all, "--replicated", "ap-southeast-1"]
          const { err, exitCode, out } = yield* run(words)
          assert.strictEqual(exitCode, 2)
          assert.match(out, /^CBR CRITICAL - 11 resources: 3 CRITICAL, 8 OK, /)
          assert.include(err, "refuses show_replication")
          const one = yield* run([
            "check",
            "--max-age",
            "26h",
            "--replicated",
            "ap-southeast-1",
            "--resource",
            fleet?.under_way ?? ""
          ])
          assert.strictEqual(one.exitCode, 0)
          const shown = yield* run(["show", "--resource", "ecs-fleet-0006", "-o", "json"])
          assert.include(shown.out, "ap-southeast-1")
        }),
      { list: { refusesCopies: true } }
    )
  )

  it.live("a saved list gives the same with no network", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const words = [...all, "--replicated", "ap-southeast-1", "-o", "json"]
        const online = JSON.parse((yield* run(words)).out) as ReadonlyArray<Row>
        const { out: stdin } = yield* run(["list", "--replications", "-o", "ndjson"])
        const offline = yield* commandLine([...words, "--from", "-"], { stdin })
        assert.strictEqual(offline.exitCode, 2)
        const said = (rows: ReadonlyArray<Row>) => rows.map(({ resource_name, verdict }) => [resource_name, verdict])
        assert.deepStrictEqual(said(JSON.parse(offline.out) as ReadonlyArray<Row>), said(online))
      })
    )
  )

  it.live("a server whose replication failed is a WARNING without --replicated too", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const { out } = yield* run(all)
        assert.match(out, new RegExp(`^WARNING +${fleet?.not_replicated} .*replication`, "m"))
        const { out: stdin } = yield* run(["list", "--replications", "-o", "ndjson"])
        const offline = yield* commandLine([...all, "--from", "-"], { stdin })
        assert.match(offline.out, new RegExp(`^WARNING +${fleet?.not_replicated} `, "m"))
        assert.notInclude(out + offline.out, "they are unknown")
      })
    )
  )

  it.live("of a list that was saved without replications a copy is UNKNOWN, and no verdict is OK in silence", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const { out: stdin } = yield* run(["list", "--no-replications", "-o", "ndjson"])
        const others = [fleet?.late, fleet?.failing].flatMap((name) => ["--ignore", name ?? ""])
        const offline = ["check", "--all", ...own, ...others, "--from", "-"]
        const copies = yield* commandLine([...offline, "--replicated", "ap-southeast-1"], { stdin })
        assert.strictEqual(copies.exitCode, 3)
        assert.match(copies.out, /^CBR UNKNOWN - 9 resources: 9 UNKNOWN.*save it with --replications/)
        const health = yield* commandLine([...offline, "--healthy"], { stdin })
        assert.strictEqual(health.exitCode, 0)
        assert.match(health.out, /^CBR OK - .*save it with --replications/)
        const data = yield* commandLine([...offline, "--healthy", "-o", "json"], { stdin })
        assert.include(data.err, "save it with --replications")
        const [row] = JSON.parse(data.out) as ReadonlyArray<Row & { readonly replications: string }>
        assert.strictEqual(row?.replications, "not-saved")
        const age = yield* commandLine([...offline, "--max-age", "26h"], { stdin })
        assert.notInclude(age.out + age.err, "replications")
      })
    )
  )

  it.live("a service that lists no replications leaves no --healthy OK in silence", () =>
    inFleet(
      (run) =>
        Effect.gen(function* () {
          const { err, out } = yield* run(all)
          assert.match(out, /^CBR .*listed no replications/)
          assert.include(err, "listed no replications")
        }),
      { list: { ignores: ["show_replication"] } }
    )
  )

  it.live("a word of --ignore that is neither a file nor a name is told of on stderr", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const names = fileOf(fleet?.failing ?? "", "ecs-of-no-backup")
        const words = ["--ignore", "nofile.txt", "--ignore", fleet?.late ?? "", "--ignore", names, "--ignore", "x-*"]
        const { err, out } = yield* run([...all, ...words])
        assert.match(err, /^cbr: note: --ignore nofile\.txt ignores nothing: there is no such file/m)
        assert.lengthOf(err.match(/ignores nothing/g) ?? [], 1)
        assert.notInclude(out, "nofile.txt")
      })
    )
  )

  it.live("a collector gets gauges of the whole fleet in one scrape", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const { exitCode, out } = yield* run([...all, "-o", "openmetrics"])
        assert.strictEqual(exitCode, 2)
        assert.include(out, `cbr_resources{verdict="critical"} 2`)
        assert.match(
          out,
          new RegExp(`cbr_resource_verdict\\{[^}]*resource_name="${fleet?.late}"[^}]*verdict="critical"\\} 1`)
        )
        assert.match(out, /cbr_resource_age_seconds\{[^}]*\} \d+/)
        assert.isTrue(out.endsWith("# EOF"))
      })
    )
  )

  it.live("results are gathered by vault or by type", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { out } = yield* run([...all, "--group-by", "vault"])
        assert.match(out, /^a4e8d2c6-5b7f-4c1d-8e3a-9f0b1c2d3e4f\nCRITICAL /m)
        const rows = JSON.parse((yield* run([...all, "--group-by", "type", "-o", "json"])).out) as ReadonlyArray<{
          readonly group: string
        }>
        assert.deepStrictEqual([...new Set(rows.map(({ group }) => group))], ["OS::Nova::Server"])
      })
    )
  )

  it.live("no backup at all is UNKNOWN, and never OK", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { exitCode, out } = yield* run(["check", "--all", "--healthy", "--ignore", "*"])
        assert.strictEqual(exitCode, 3)
        assert.include(out, "CBR UNKNOWN - ")
      })
    )
  )

  it.live("a list that may be incomplete is UNKNOWN at best in every format, and says why; CRITICAL stays", () =>
    inFleet(
      (run) =>
        Effect.gen(function* () {
          const { fleet } = yield* Simulator
          const others = [fleet?.late, fleet?.failing].flatMap((name) => ["--ignore", name ?? ""])
          const critical = yield* run(all)
          assert.strictEqual(critical.exitCode, 2)
          assert.match(critical.out, /^CBR CRITICAL - .*it may be incomplete/)
          assert.match(critical.out, / \| ok=0 warning=0 unknown=\d+ critical=\d+ /)
          const { err, exitCode, out } = yield* run([...all, ...others])
          assert.strictEqual(exitCode, 3)
          assert.match(out, /^CBR UNKNOWN - \d+ resources: \d+ UNKNOWN, .*it may be incomplete/)
          assert.notMatch(out, /\bOK\b/)
          assert.include(err, "it may be incomplete")
          const rows = yield* run([...all, ...others, "-o", "json"])
          for (const { incomplete, verdict } of JSON.parse(rows.out) as ReadonlyArray<
            Row & { readonly incomplete: string }
          >) {
            assert.deepStrictEqual([verdict, incomplete.includes("it may be incomplete")], ["unknown", true])
          }
          const scrape = yield* run([...all, ...others, "-o", "openmetrics"])
          assert.strictEqual(scrape.exitCode, 3)
          assert.include(scrape.out, `cbr_resources{verdict="ok"} 0`)
        }),
      { fleet: 36, list: { ignores: ["offset"] } }
    )
  )

  it.live("cbr check --all refuses rules of use that contradict each other", () =>
    Effect.gen(function* () {
      for (const words of [
        ["--all", "x"],
        ["--all", "--resource", "a"],
        ["x", "--ignore", "a"],
        ["x", "--group-by", "vault"]
      ]) {
        const { exitCode, out } = yield* commandLine(["check", "--healthy", ...words])
        assert.deepStrictEqual([exitCode, out.startsWith("CBR UNKNOWN - wrong use: --")], [3, true])
      }
    })
  )
})

describe("cbr check --resource", () => {
  it.effect(
    "cbr check --resource judges the newest whole backup, and names a newer one that is under way or failed",
    () =>
      Effect.andThen(
        TestClock.setTime(Date.parse("2026-06-01T12:00:00Z")),
        inFleet((run) =>
          Effect.gen(function* () {
            const { fleet } = yield* Simulator
            const words = ["check", "--max-age", "26h", "--healthy", "--replicated", "ap-southeast-1", "--resource"]
            const underWay = yield* run([...words, fleet?.under_way ?? ""])
            assert.strictEqual(underWay.exitCode, 0)
            assert.match(underWay.out.split("\n")[0] ?? "", /^CBR OK - .*newer \S+: in progress: it is being made/)
            const failing = yield* run([...words, fleet?.failing ?? ""])
            assert.strictEqual(failing.exitCode, 2)
            assert.match(failing.out.split("\n")[0] ?? "", /^CBR CRITICAL - age 2d 11h 59m.*newer \S+: failed/)
            assert.strictEqual((yield* run([...words, fleet?.not_replicated ?? ""])).exitCode, 2)
            assert.strictEqual((yield* run([...words, fleet?.without_backups ?? ""])).exitCode, 2)
          })
        )
      )
  )

  it.live.each([{ words: ["--all"] }, { words: ["--resource"] }])(
    "$words as data has the newer backup that failed, with its health, and the resource",
    ({ words }) =>
      inFleet((run) =>
        Effect.gen(function* () {
          const { fleet } = yield* Simulator
          const name = fleet?.failing ?? ""
          const asked = words.includes("--all") ? words : [...words, name]
          const { out } = yield* run(["check", "--healthy", "-o", "json", ...asked])
          const rows = JSON.parse(out) as ReadonlyArray<Row>
          const row = rows.find(({ resource_name }) => resource_name === name)
          assert.match(row?.resource_id ?? "", /^[0-9a-f-]{36}$/)
          const [newer] = row?.newer ?? []
          assert.strictEqual(newer?.health.level, "failed")
          assert.match(newer?.id ?? "", /^[0-9a-f-]{36}$/)
          assert.notStrictEqual(newer?.id, row?.id)
        })
      )
  )

  it.live("cbr check --resource is UNKNOWN at best for a list that may be incomplete, and says why", () =>
    inFleet(
      (run) =>
        Effect.gen(function* () {
          const { fleet } = yield* Simulator
          const words = ["check", "--max-age", "26h", "--healthy", "--resource"]
          const { exitCode, out } = yield* run([...words, "ecs-fleet-0006"])
          assert.strictEqual(exitCode, 3)
          assert.match(out, /^CBR UNKNOWN - .*may be incomplete/)
          const rows = JSON.parse((yield* run([...words, "ecs-fleet-0006", "-o", "json"])).out) as ReadonlyArray<Row>
          assert.deepStrictEqual(
            rows.map(({ verdict }) => verdict),
            ["unknown"]
          )
          const late = yield* run([...words, fleet?.late ?? ""])
          assert.strictEqual(late.exitCode, 2)
          assert.match(late.out, /^CBR CRITICAL - .*may be incomplete/)
        }),
      { list: { ignores: ["limit", "offset", "resource_name"] }, fleet: 36 }
    )
  )

  it.live("--of-resource is the rule that was called --resource", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const other = yield* run(["check", backups.tree, "--of-resource", "another"])
        assert.strictEqual(other.exitCode, 2)
        assert.include(other.out, "resource")
      })
    )
  )
})
