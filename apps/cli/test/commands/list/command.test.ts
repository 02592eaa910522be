import { Simulator } from "@cbr/simulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine } from "../../CommandLine.ts"
import { inFleet, servers } from "../../SimulatedFleet.ts"

const queriesOf = Effect.map(
  Effect.flatMap(Simulator, ({ requests }) => requests),
  (all) => all.filter(({ listener }) => listener === "cbr").map(({ path }) => new URL(path, "http://cbr").searchParams)
)

describe("cbr list", () => {
  it.live("cbr list lists all backups of a server by its name, the newest first, as ids for another command", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { err, exitCode, out } = yield* run(["list", "--resource", "ecs-fleet-0006", "-o", "value"])
        assert.deepStrictEqual([exitCode, err], [0, ""])
        const ids = out.split("\n")
        assert.lengthOf(ids, 30)
        const shown = yield* run(["show", "-", "-o", "csv"], { stdin: ids.slice(0, 2).join("\n") })
        assert.lengthOf(shown.out.split("\n").slice(1), 2)
        const [query] = yield* queriesOf
        assert.deepStrictEqual([query?.get("resource_name"), query?.get("limit")], ["ecs-fleet-0006", "500"])
      })
    )
  )

  it.live("a limit bounds the lines and the page; filters go to the service and are in UTC", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const words = ["--limit", "3", "--status", "available,error", "--since", "2026-01-01T08:00:00+08:00"]
        const { out } = yield* run(["list", ...words, "--replications", "-o", "ndjson"])
        assert.lengthOf(out.split("\n"), 3)
        assert.include(out, `"destination_region":"ap-southeast-1"`)
        const [query] = yield* queriesOf
        assert.deepStrictEqual(
          [query?.getAll("status"), query?.get("start_time"), query?.get("limit"), query?.get("show_replication")],
          [["available", "error"], "2026-01-01T00:00:00Z", "3", "true"]
        )
      })
    )
  )

  it.live("a refused filter prints no empty list, and a list without a backup is one", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const refused = yield* run(["list", "--status", "nonsense", "-o", "json"])
        assert.deepStrictEqual([refused.exitCode, refused.out], [2, ""])
        const empty = yield* run(["list", "--name", "none", "-o", "json"])
        assert.deepStrictEqual([empty.exitCode, empty.out], [0, "[]"])
      })
    )
  )

  it.live("a filter lists no backup that does not say what was asked for", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const all = yield* run(["list", "-o", "value"])
        const ofAnother = yield* run(["list", "--resource", "f1ee0000-0000-4000-8000-000000000006", "-o", "ndjson"])
        const copied = yield* run(["list", "--image-type", "replication", "-o", "ndjson"])
        const rows = (out: string) =>
          out
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => (JSON.parse(line) as { backup: { resource_id?: string; image_type?: string } }).backup)
        assert.deepStrictEqual(
          [...new Set(rows(ofAnother.out).map(({ resource_id }) => resource_id))],
          ["f1ee0000-0000-4000-8000-000000000006"]
        )
        assert.isTrue(rows(copied.out).every(({ image_type }) => image_type === "replication"))
        assert.include(all.out, backups.tree)
      })
    )
  )

  it.live("a verdict tells of a copy that failed, though no flag asks for copies", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const { out } = yield* run(["list", "--latest", "-o", "table"])
        assert.match(out, new RegExp(`^degraded .*${fleet?.not_replicated}`, "m"))
        const told = "no verdict here tells of them"
        const without = yield* run(["list", "--latest", "--no-replications", "-o", "table"])
        assert.include(without.err, told)
        const { err, out: stdin } = yield* run(["list", "--no-replications", "-o", "ndjson"])
        assert.notInclude(err, told)
        const saved = yield* commandLine(["list", "--latest", "-o", "table", "--from", "-"], { stdin })
        assert.include(saved.err, told)
      })
    )
  )

  it.live("--latest gives a line a server or disk", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { out } = yield* run(["list", "--latest", "-o", "ndjson"])
        const names = out
          .split("\n")
          .map((line) => (JSON.parse(line) as { backup: { resource_name?: string } }).backup.resource_name)
        const fleet = names.filter((name) => name?.startsWith("ecs-fleet-") === true)
        assert.lengthOf(fleet, servers - 1)
        assert.lengthOf(new Set(fleet), servers - 1)
      })
    )
  )

  it.live("a saved list reads the same with no network: ndjson, json, and the service's own answer", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const words = ["list", "--resource", "ecs-fleet-0007", "-o", "value"]
        const { out: expected } = yield* run(words)
        const { out: lines } = yield* run(["list", "--replications", "-o", "ndjson"])
        const { out: array } = yield* run(["list", "--replications", "-o", "json"])
        const answer = JSON.stringify({
          backups: lines.split("\n").map((line) => (JSON.parse(line) as { backup: object }).backup),
          count: 3
        })
        for (const stdin of [lines, array, answer]) {
          const saved = yield* commandLine([...words, "--from", "-"], { stdin })
          assert.deepStrictEqual([saved.exitCode, saved.out], [0, expected])
        }
      })
    )
  )

  it.live("what is no list is refused, and says how to save one", () =>
    Effect.gen(function* () {
      for (const stdin of ["nonsense", `{"backup":`, "[1,", `{"count":1}`]) {
        const { err, exitCode } = yield* commandLine(["list", "--from", "-"], { stdin })
        assert.strictEqual(exitCode, 11)
        assert.include(err, "cbr list --replications -o ndjson")
      }
    })
  )

  it.live("nothing found says what was searched, where, and the near names", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { project_id } = yield* Simulator
        for (const command of ["list", "show", "tree", "watch"]) {
          const { err, exitCode } = yield* run([command, "--resource", "ecs-flet-0006"])
          assert.strictEqual(exitCode, 5)
          assert.include(err, `ecs-flet-0006, in project ${project_id}`)
          assert.include(err, "did you mean ecs-fleet-0006?")
        }
        assert.include((yield* run(["list", "--name", "nothing-of-this-name"])).err, "no backup matches")
      })
    )
  )

  it.live("near names say with how many backups they were compared, where that is not all", () =>
    inFleet(
      (run) =>
        Effect.gen(function* () {
          const { err } = yield* run(["show", "--resource", "ecs-flet-0006"])
          assert.include(err, "did you mean ecs-fleet-0006?")
          assert.include(err, "names were compared with those of the newest 1,000 backups alone")
        }),
      { fleet: 40 }
    )
  )

  it.live("cbr list tells where a server ignores the order, so that the list may be incomplete", () =>
    inFleet(
      (run) =>
        Effect.gen(function* () {
          const { err, exitCode } = yield* run(["list", "-o", "value"])
          assert.deepStrictEqual([exitCode, err.includes("it may be incomplete")], [0, true])
          // Which backup is the latest is a claim that such a list cannot make.
          const latest = yield* run(["list", "--latest", "-o", "value"])
          assert.deepStrictEqual([latest.exitCode, latest.err.includes("it may be incomplete")], [12, true])
        }),
      { fleet: 40, list: { ignores: ["offset"] } }
    )
  )

  it.live("cbr list refuses a moment without a zone, and a word that the API's page does not allow", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        for (const [words, why] of [
          [["--since", "2026-01-01T08:00:00"], "is no moment"],
          [["--until", "yesterday"], "is no moment"],
          [["--status", "done"], `does not allow ["done"] for status (it can be available, `],
          [["--status", "done"], "correct the filter; nothing was sent"],
          [["--type", "disk"], "(it can be OS::Nova::Server, "],
          [["--status", ","], `--status "," names no status`],
          [["--limit", "0"], `--limit: "0". Expected a value greater than or equal to 1`]
        ] as const) {
          const { err, exitCode } = yield* run(["list", ...words])
          assert.strictEqual(exitCode, 2)
          assert.include(err, why)
        }
        assert.lengthOf(yield* queriesOf, 0)
      })
    )
  )

  it.live("its selectors have no variable", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const env = { CBR_RESOURCE: "ecs-fleet-0006", CBR_STATUS: "error", CBR_LIMIT: "1", CBR_LATEST: "1" }
        const { out } = yield* run(["list", "-o", "value"], { env })
        assert.isAbove(out.split("\n").length, 300)
      })
    )
  )
})

describe("--resource", () => {
  it.live("show and tree take the newest of any state, in one call", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const name = fleet?.under_way ?? ""
        const { exitCode, out } = yield* run(["show", "--resource", name, "--query", "backup.status", "-o", "value"])
        assert.deepStrictEqual([exitCode, out], [0, "protecting"])
        assert.lengthOf(yield* queriesOf, 1)
        assert.include((yield* run(["tree", "--resource", name])).out, "protecting")
      })
    )
  )

  it.live("an id selects too; what has the form of an id may be a name all the same", () => {
    const resource_name = "f1ee0000-0000-4000-8000-00000000beef"
    const body = JSON.stringify({
      backup: { id: "0badc0de-0000-4000-8000-000000000001", status: "error", resource_id: "r-1", resource_name }
    })
    return inFleet(
      (run) =>
        Effect.gen(function* () {
          const words = ["--query", "backup.resource_name", "-o", "value"]
          const byId = yield* run(["show", "--resource", "f1ee0000-0000-4000-8000-000000000006", ...words])
          assert.strictEqual(byId.out, "ecs-fleet-0006")
          assert.strictEqual((yield* run(["show", "--resource", resource_name, ...words])).out, resource_name)
        }),
      { fixtures: [{ backup_id: "0badc0de-0000-4000-8000-000000000001", body }] }
    )
  })

  it.live("two servers of one name are told apart, never guessed", () => {
    const body = JSON.stringify({
      backup: {
        id: "0badc0de-0000-4000-8000-000000000002",
        status: "available",
        created_at: "2020-01-01T00:00:00",
        resource_id: "predecessor",
        resource_name: "ecs-fleet-0006"
      }
    })
    return inFleet(
      (run) =>
        Effect.gen(function* () {
          for (const command of [["show"], ["check", "--max-age", "26h", "--exit-style", "cli"], ["diff"]]) {
            const { err, exitCode } = yield* run([...command, "--resource", "ecs-fleet-0006"])
            assert.strictEqual(exitCode, 2)
            assert.include(
              err,
              "predecessor (newest backup 0badc0de-0000-4000-8000-000000000002 of 2020-01-01T00:00:00)"
            )
            assert.include(err, "f1ee0000-0000-4000-8000-000000000006")
            // The advice is given once.
            assert.lengthOf(err.split("by its id"), 2)
          }
        }),
      { fixtures: [{ backup_id: "0badc0de-0000-4000-8000-000000000002", body }] }
    )
  })

  it.live("excludes ids and saved responses", () =>
    Effect.gen(function* () {
      for (const words of [
        ["show", "x", "--resource", "a"],
        ["show", "--from", "-", "--resource", "a"],
        ["wait", "x", "--resource", "a", "--for", "exists"],
        ["watch", "x", "--resource", "a"],
        ["diff", "a", "b", "--resource", "a"],
        ["diff", "a"],
        ["wait", "x", "--newer-than", "1h", "--for", "exists"],
        ["show", "--dry-run", "--resource", "a"]
      ]) {
        const { err, exitCode } = yield* commandLine(words)
        assert.strictEqual(exitCode, 2, `${words.join(" ")}: ${err}`)
      }
    })
  )

  it.live("diff compares the newest with the one before", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { exitCode, out } = yield* run(["diff", "--resource", "ecs-fleet-0006", "--exit-code"])
        assert.strictEqual(exitCode, 9)
        assert.match(out, /~ created_at: .* → /)
        // A disk and a copy by what differs of them, too.
        assert.match(out, /^~ children\[\?resource_id=='d15c0000-0000-4000-8000-000000000006'\]\.id: /m)
        assert.match(out, /^~ replication_records\[\?destination_region=='ap-southeast-1'\]\.created_at: /m)
        assert.notMatch(out, /^[+-] /m)
      })
    )
  )

  it.live("watch and wait take the newest of any state", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const watched = yield* run(["watch", "--resource", "ecs-fleet-0006", "--until-stable"])
        assert.deepStrictEqual([watched.exitCode, watched.out.includes(`"ecs-fleet-0006"`)], [0, true])
        const waited = yield* run(["wait", "--resource", fleet?.failing ?? "", "--for", "status=available"])
        assert.strictEqual(waited.exitCode, 9)
      })
    )
  )

  it.live("wait says which backup is the newest where none is made in time", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const words = ["wait", "--for", "exists", "--newer-than", "2100-01-01T00:00:00Z", "--timeout", "5s"]
        const { err, exitCode } = yield* run([...words, "--interval", "100ms", "--resource", "ecs-fleet-0006"])
        const { out: newest } = yield* run(["list", "--resource", "ecs-fleet-0006", "--limit", "1", "-o", "value"])
        assert.strictEqual(exitCode, 10)
        assert.include(err, "no backup of ecs-fleet-0006 was made since 2100-01-01T00:00:00.000Z")
        assert.match(err, new RegExp(`the newest, ${newest}, is of 20`))
        const none = yield* run([...words, "--until-exists", "--resource", "ecs-none"])
        assert.deepStrictEqual([none.exitCode, none.err.includes("it has no backup")], [10, true])
      })
    )
  )

  it.live("wait looks for a backup that is made after a moment, and says the moment in UTC", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { put } = yield* Simulator
        const words = [
          "wait",
          "--resource",
          "ecs-fleet-0006",
          "--interval",
          "100ms",
          "--timeout",
          "20s",
          "--for",
          "status=available"
        ]
        const present = yield* run([...words, "--newer-than", "2026-01-31T22:00:00+08:00"])
        assert.strictEqual(present.exitCode, 0)
        assert.include(present.err, "made at 2026-01-31T14:00:00.000Z or later")
        const backup_id = "0badc0de-0000-4000-8000-000000000003"
        const made = (status: string) => ({
          backup_id,
          body: JSON.stringify({
            backup: {
              id: backup_id,
              status,
              created_at: new Date(Date.now() + 1000).toISOString(),
              resource_id: "f1ee0000-0000-4000-8000-000000000006",
              resource_name: "ecs-fleet-0006"
            }
          })
        })
        const [tonight] = yield* Effect.all(
          [
            run([...words, "--newer-than", "1s"]),
            Effect.delay(put(made("protecting")), "500 millis").pipe(
              Effect.andThen(Effect.delay(put(made("available")), "500 millis"))
            )
          ],
          { concurrency: 2 }
        )
        assert.strictEqual(tonight.exitCode, 0)
        assert.include(tonight.out, `${backup_id}  status=available is met`)
      })
    )
  )
})

describe("a wrong first step", () => {
  it.effect("leads to the list and to --resource", () =>
    Effect.gen(function* () {
      const name = yield* commandLine(["show", "ecs-orders-0001"])
      assert.strictEqual(name.exitCode, 2)
      assert.include(name.err, "--resource ecs-orders-0001")
      assert.include(name.err, "cbr list")
      const quoted = yield* commandLine(["show", "it's mine"])
      assert.include(quoted.err, String.raw`--resource 'it'\''s mine'`)
      assert.include((yield* commandLine(["get"])).err, "show or list")
      assert.include((yield* commandLine(["ls"])).err, "list")
    })
  )

  it.live("an id that is not found leads to the list", () =>
    inFleet((run) =>
      Effect.gen(function* () {
        const { err, exitCode } = yield* run(["show", "00000000-0000-4000-8000-00000000dead"])
        assert.deepStrictEqual([exitCode, err.includes("cbr list")], [5, true])
      })
    )
  )
})
