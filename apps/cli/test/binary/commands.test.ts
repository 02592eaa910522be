import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { ChildProcess } from "effect/process"
import { bash, Binary, cbr, inTerminal } from "../Binary.ts"
import { finished } from "../CliProcess.ts"
import { withAccessKey } from "../CommandLine.ts"

const missing = "fa000000-0000-4000-8000-000000000404"
const example = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const own = (number: number) => `ac000000-0000-4000-8000-0000000000${String(number).padStart(2, "0")}`

interface Row {
  readonly words: string
  readonly exitCode: number
  readonly out?: RegExp
  readonly err?: RegExp
}

/** Each command's success, and what most often goes wrong with it. */
const rows: ReadonlyArray<Row> = [
  { words: `show ${example} -o table`, exitCode: 0, out: /^healthy: [^\n]+\nBackup +\S/ },
  { words: `show ${missing}`, exitCode: 5, err: /backup not found/ },
  { words: `tree ${example}`, exitCode: 0, out: /^✓ \S+/ },
  { words: `tree ${missing}`, exitCode: 5, err: /backup not found/ },
  { words: `wait ${example} --for status=available`, exitCode: 0, out: /is met/, err: /available/ },
  { words: `wait ${example} --for status=protecting`, exitCode: 9, err: /the status is available/ },
  { words: `watch ${example} --until-stable`, exitCode: 0, out: /^\{"backup"/ },
  { words: `watch ${missing} --until-stable`, exitCode: 5, err: /backup not found/ },
  { words: `check ${example} --status available`, exitCode: 0, out: /^CBR OK - 1 rule kept/ },
  { words: `check ${example} --status error`, exitCode: 2, out: /^CBR CRITICAL - status available, expected error/ },
  { words: `check ${missing} --status available`, exitCode: 2, out: /^CBR CRITICAL - backup not found/ },
  { words: `diff ${example} ${example}`, exitCode: 0, out: /^no difference$/m },
  { words: `diff ${example} /nowhere.json`, exitCode: 2, err: /no such file/ },
  { words: `drift ${example}`, exitCode: 0, out: /^no drift/ },
  { words: `drift ${missing}`, exitCode: 5, err: /backup not found/ },
  { words: "explain waiting_protect", exitCode: 0, out: /waiting to be made/ },
  { words: "explain nothing-like-it", exitCode: 2, err: /cbr explain/ },
  { words: "whoami --verify", exitCode: 0, out: /the service accepts this credential/ },
  { words: "whoami --profile nobody", exitCode: 3, err: /--profile names "nobody"/ },
  { words: "doctor", exitCode: 0, out: /✓ +Call/ },
  { words: "doctor --endpoint http://127.0.0.1:1", exitCode: 8, out: /✗ +TCP +ECONNREFUSED → check/ },
  { words: "profiles", exitCode: 0, out: /no profile/ },
  { words: "profiles use", exitCode: 2, err: /Missing required argument: NAME/ },
  { words: "profiles ls nobody", exitCode: 2, err: /takes no NAME/ },
  { words: "profiles use nobody", exitCode: 2, err: /no such profile/ },
  { words: "configure work --ak AKAK", exitCode: 2, err: /--secret-stdin/ },
  { words: "simulate -- true", exitCode: 0 },
  { words: "simulate -- /no/such/program", exitCode: 2, err: /no such file/ },
  {
    words: "simulate --port 99999",
    exitCode: 2,
    err: /flag --port: "99999"\. Expected a value less than or equal to 65535/
  },
  { words: "simulate --fleet 5", exitCode: 2, err: /flag --fleet: "5"\. Expected a value greater than or equal to 6/ },
  { words: "completion bash", exitCode: 0, out: /until-stable/ },
  { words: "completion tcsh", exitCode: 2, err: /bash/ },
  { words: "help exit-codes", exitCode: 0, out: /backup not found/ },
  { words: "help nothing", exitCode: 2, err: /environment/ }
]

layer(Layer.mergeAll(simulatorLayer(), NodeServices.layer, Binary.layer), {
  excludeTestServices: true,
  timeout: "2 minutes"
})("each command, on the built binary", (it) => {
  const home = Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    return yield* files.makeTempDirectoryScoped()
  })

  const saved = Effect.fnUntraced(function* (backup: Record<string, unknown>) {
    const files = yield* FileSystem.FileSystem
    const path = yield* files.makeTempFileScoped({ suffix: ".json" })
    yield* files.writeFileString(path, JSON.stringify({ backup }))
    return path
  })

  it.effect("check reads a saved response without network and credentials", () =>
    Effect.gen(function* () {
      const path = yield* saved({
        created_at: "2020-01-01T00:00:00",
        replication_records: [{ destination_region: "cn-south-1", status: "success" }]
      })
      const rules = ["--replicated", "cn-south-1", "--from", path]
      assert.strictEqual((yield* cbr(["check", "--max-age", "24h", ...rules])).exitCode, 2)
      const fresh = yield* cbr(["check", ...rules])
      assert.strictEqual(fresh.exitCode, 0)
      assert.match(fresh.out, /^CBR OK - 1 rule kept \| age=\d+s\n/)
    })
  )

  it.effect("check exits 3, UNKNOWN, for a missing field, and names it", () =>
    Effect.gen(function* () {
      const { exitCode, out } = yield* cbr(["check", "--encrypted", "--from", yield* saved({ id: own(15) })])
      assert.strictEqual(exitCode, 3)
      assert.match(out, /^CBR UNKNOWN - encrypted missing/)
    })
  )

  it.effect("--version prints the version alone without a home folder", () =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* cbr(["--version"], { env: { HOME: "/nowhere" } })
      assert.deepStrictEqual({ err, exitCode }, { err: "", exitCode: 0 })
      assert.match(out, /^\d+\.\d+\.\d+\n$/)
    })
  )

  it.effect.each(rows)("cbr $words exits $exitCode", ({ err, exitCode, out = /^$/, words }) =>
    Effect.gen(function* () {
      const told = yield* cbr(words.split(" "), { env: { ...(yield* withAccessKey), HOME: yield* home } })
      assert.strictEqual(told.exitCode, exitCode, told.err)
      assert.match(told.out, out)
      // What a command has to say of a failure, it says on stderr; of success nothing.
      assert.match(told.err, err ?? (exitCode === 0 ? /^$/ : /(?:)/))
    })
  )

  it.effect("configure saves a profile that the next command uses, and profiles lists it", () =>
    Effect.gen(function* () {
      const { cbr: address, project_id } = yield* Simulator
      const key = yield* withAccessKey
      const env = { HOME: yield* home }
      const saving = ["configure", "work", "--endpoint", address, "--project-id", project_id, "--secret-stdin"]
      const saved = yield* cbr([...saving, "--ak", key["HUAWEICLOUD_SDK_AK"] ?? ""], {
        env,
        stdin: `${key["HUAWEICLOUD_SDK_SK"]}\n`
      })
      assert.strictEqual(saved.exitCode, 0, saved.err)
      const shown = yield* cbr(["show", example, "-o", "value", "--query", "backup.status"], { env })
      assert.deepStrictEqual(shown, { exitCode: 0, out: "available\n", err: "" })
      const list = yield* cbr(["profiles"], { env })
      assert.match(list.out, /^\* +work +AK SIMU\*\*\*/)
      assert.notInclude(list.out, key["HUAWEICLOUD_SDK_SK"] ?? "x")
      assert.strictEqual((yield* cbr(["profiles", "rm", "work"], { env })).exitCode, 0)
      assert.strictEqual((yield* cbr(["show", example], { env })).exitCode, 3)
    })
  )

  it.effect("configure run several times at once loses no profile", () =>
    Effect.gen(function* () {
      const folder = yield* home
      const names = ["a", "b", "c", "d", "e"]
      const line = `for name in ${names.join(" ")}; do cbr configure $name --region cn-north-4 & done; wait`
      yield* bash(line, { env: { HOME: folder } })
      const files = yield* FileSystem.FileSystem
      const { profiles } = JSON.parse(yield* files.readFileString(`${folder}/.config/cbr/profiles.json`))
      assert.sameMembers(Object.keys(profiles), names)
    })
  )

  it.effect("configure prompts on a terminal, does not show the secret, and makes no call that the user declines", () =>
    Effect.gen(function* () {
      const folder = yield* home
      const env = { HOME: folder, TERM: "xterm" }
      const { path } = yield* Binary
      // Each answer after its question: a prompt reads what is typed once it is there.
      const typed = `for word in cn-north-4 0123456789abcdef AKTYPED000 typed-secret n; do sleep 2; printf '%s\\r' $word; done`
      const { exitCode, out } = yield* bash(
        `(${typed}) | script -qefc "'${process.execPath}' '${path}' configure typed" /dev/null`,
        { env }
      )
      assert.strictEqual(exitCode, 0, out)
      assert.notInclude(out, "typed-secret")
      const files = yield* FileSystem.FileSystem
      const { profiles } = JSON.parse(yield* files.readFileString(`${folder}/.config/cbr/profiles.json`))
      assert.deepStrictEqual(profiles.typed, {
        region: "cn-north-4",
        project_id: "0123456789abcdef",
        ak: "AKTYPED000",
        sk: "typed-secret"
      })
    })
  )

  it.effect("simulate passes its settings to a command, prints them without one, and ends at SIGTERM", () =>
    Effect.gen(function* () {
      const { path } = yield* Binary
      const env = { HOME: yield* home }
      const within = yield* cbr(
        ["simulate", "--", process.execPath, path, "show", example, "--query", "backup.status", "-o", "value"],
        { env }
      )
      assert.deepStrictEqual(within, { exitCode: 0, out: "available\n", err: "" })
      // As its help has it, though no `cbr` is installed anywhere.
      const asRead = yield* cbr(["simulate", "--", "cbr", "show", example, "--query", "backup.status", "-o", "value"], {
        env
      })
      assert.deepStrictEqual(asRead, { exitCode: 0, out: "available\n", err: "" })
      // In a shell as a reader would: its settings taken over, and the cloud stopped at the end.
      const line = `"$NODE" "$CBR" simulate > settings 2> names & until grep -q PROJECT settings; do sleep 0.1; done
        source ./settings; cbr show ${example} --query backup.status -o value
        kill -TERM $!; wait $!; echo $?`
      const own = yield* bash(`cd "$HOME"; ${line}`, { env: { ...env, NODE: process.execPath, CBR: path } })
      assert.strictEqual(own.out, "available\n143\n")
    })
  )

  it.effect("simulate --fleet gives a command servers with nightly backups, and one without any", () =>
    Effect.gen(function* () {
      const env = { HOME: yield* home }
      const check = "cbr check --max-age 26h --healthy --replicated ap-southeast-1"
      const within = (line: string) => cbr(["simulate", "--fleet", "6", "--", "sh", "-c", line], { env })
      assert.match((yield* within(`${check} --resource ecs-fleet-0006`)).out, /^CBR OK - /)
      const all = yield* within(
        `seq -f 'ecs-fleet-%04g' 6 > "$HOME/servers.txt"; ${check} --all --expect "$HOME/servers.txt"`
      )
      assert.strictEqual(all.exitCode, 2)
      assert.match(all.out, /^CRITICAL +ecs-fleet-0001 /m)
    })
  )

  it.effect("simulate ends with its command's exit code, also of a signal, and passes only its own credential", () =>
    Effect.gen(function* () {
      const env = { HOME: yield* home, CBR_TOKEN: "t", HUAWEICLOUD_SDK_SECURITY_TOKEN: "s", CBR_PROFILE: "nobody" }
      assert.deepStrictEqual(yield* cbr(["simulate", "--", "sh", "-c", "kill -KILL $$"], { env }), {
        exitCode: 137,
        out: "",
        err: ""
      })
      const shown = ["simulate", "--", "cbr", "show", example, "--query", "backup.status", "-o", "value"]
      assert.deepStrictEqual(yield* cbr(shown, { env }), { exitCode: 0, out: "available\n", err: "" })
    })
  )

  it.effect("simulate runs its command in the foreground, and leaves Ctrl-C to it", () =>
    Effect.gen(function* () {
      const env = { HOME: yield* home }
      const words = "echo seen > /dev/tty; kill -INT $PPID; sleep 0.3; exit 9"
      const { exitCode, out } = yield* inTerminal(["simulate", "--", "sh", "-c", words], { env })
      assert.deepStrictEqual([exitCode, out.trim()], [9, "seen"])
      const ended = yield* inTerminal(["simulate", "--", "sh", "-c", "kill -TERM $PPID; sleep 60"], { env })
      assert.strictEqual(ended.exitCode, 143)
    })
  )

  it.effect("simulate exits 2 on a port that is taken, and names the flag to change", () =>
    Effect.gen(function* () {
      const { port } = new URL((yield* Simulator).cbr)
      const { err, exitCode } = yield* cbr(["simulate", "--port", port])
      assert.strictEqual(exitCode, 2)
      assert.match(err, new RegExp(`what: +--port ${port}\\n +why: +another program listens there`))
    })
  )

  it.effect("cbr exits 0 if no cache folder can be made", () =>
    Effect.gen(function* () {
      const { exitCode } = yield* cbr(["explain", "status"], { env: { HOME: "/proc" } })
      assert.strictEqual(exitCode, 0)
    })
  )

  it.effect("cbr keeps its compiled code in the folder of XDG_CACHE_HOME", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const [folder, cache] = [yield* home, yield* home]
      yield* cbr(["explain", "status"], { env: { HOME: folder, XDG_CACHE_HOME: cache } })
      assert.isNotEmpty(yield* files.readDirectory(`${cache}/cbr/compiled`))
      assert.isEmpty(yield* files.readDirectory(folder))
      // A relative one is none.
      yield* cbr(["explain", "status"], { env: { HOME: folder, XDG_CACHE_HOME: "cache" } })
      assert.isNotEmpty(yield* files.readDirectory(`${folder}/.cache/cbr/compiled`))
    })
  )

  it.effect("the single executable shows a backup without Node", () =>
    Effect.gen(function* () {
      const { path } = yield* Binary
      const folder = path.slice(0, path.lastIndexOf("/"))
      const made = yield* finished(process.execPath, [new URL("../../executable.ts", import.meta.url).pathname, folder])
      assert.strictEqual(made.exitCode, 0, made.err)
      const handle = yield* ChildProcess.make(
        `${folder}/cbr`,
        ["show", example, "-o", "value", "--query", "backup.status"],
        { env: { ...(yield* withAccessKey), HOME: yield* home, PATH: "/nowhere" }, stdin: "ignore" }
      ).pipe(Effect.map(({ exitCode }) => exitCode))
      assert.strictEqual(Number(yield* handle), 0)
    })
  )
})
