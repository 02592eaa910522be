import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { ChildProcess } from "effect/process"
import { bash, Binary, cbr, inTerminal } from "./Binary.ts"
import { finished } from "./CliProcess.ts"
import { withAccessKey } from "./CommandLine.ts"
import { behindPrivateAuthority, privateAuthority, proxyPort } from "./PrivateNetwork.ts"

const escape = "\u001b"
const missing = "fa000000-0000-4000-8000-000000000404"
const example = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

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

  it.effect.each(rows)("cbr $words: $exitCode", ({ err, exitCode, out = /^$/, words }) =>
    Effect.gen(function* () {
      const told = yield* cbr(words.split(" "), { env: { ...(yield* withAccessKey), HOME: yield* home } })
      assert.strictEqual(told.exitCode, exitCode, told.err)
      assert.match(told.out, out)
      // What a command has to say of a failure, it says on stderr; of success nothing.
      assert.match(told.err, err ?? (exitCode === 0 ? /^$/ : /(?:)/))
    })
  )

  it.effect("configure saves a profile that the next command calls with, and profiles keeps it", () =>
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

  it.effect("configure asks in a terminal, does not show the secret, and makes no call that is declined", () =>
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

  it.effect("simulate on a port that is taken says which flag to change", () =>
    Effect.gen(function* () {
      const { port } = new URL((yield* Simulator).cbr)
      const { err, exitCode } = yield* cbr(["simulate", "--port", port])
      assert.strictEqual(exitCode, 2)
      assert.match(err, new RegExp(`what: +--port ${port}\\n +why: +another program listens there`))
    })
  )

  it.effect.each([
    { signal: "INT", exitCode: 130 },
    { signal: "TERM", exitCode: 143 }
  ])("SIG$signal ends a live view with $exitCode, and the terminal is as it was", ({ exitCode, signal }) =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { path } = yield* Binary
      const env = { ...(yield* withAccessKey), TERM: "xterm" }
      const watching = `timeout --foreground --preserve-status -s ${signal} 3 '${process.execPath}' '${path}' watch ${backups.protecting}`
      const told = yield* bash(
        `cd "$HOME"; script -qefc "stty -a > before; ${watching}; code=\\$?; stty -a > after; exit \\$code" /dev/null; code=$?; diff before after && exit $code`,
        {
          env: { ...env, HOME: yield* home }
        }
      )
      assert.strictEqual(told.exitCode, exitCode, told.out)
      assert.isAbove(told.out.lastIndexOf(`${escape}[?25h`), told.out.lastIndexOf(`${escape}[?25l`))
    })
  )

  it.effect("configure does not hang if the home folder takes no folder", () =>
    Effect.gen(function* () {
      const { exitCode } = yield* cbr(["explain", "status"], { env: { HOME: "/proc" } })
      assert.strictEqual(exitCode, 0)
    })
  )

  it.effect("compiled code lies in the folder of XDG_CACHE_HOME", () =>
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

  it.effect(
    "a private authority is trusted with CBR_CA_FILE, which is what a refusal advises; a dead proxy is named",
    () =>
      Effect.gen(function* () {
        const origin = yield* behindPrivateAuthority
        const own = { ...(yield* withAccessKey), CBR_ENDPOINT: origin }
        const shown = yield* cbr(["show", example], { env: { ...own, CBR_CA_FILE: privateAuthority("ca.cert.pem") } })
        assert.strictEqual(shown.exitCode, 0, shown.err)
        assert.include(shown.out, '"backup"')
        const refused = yield* cbr(["show", example], { env: own })
        assert.strictEqual(refused.exitCode, 8)
        assert.match(refused.err, /next: +.*set CBR_CA_FILE/)
        const lost = yield* cbr(["show", example, "--retries", "0"], {
          env: { ...own, CBR_CA_FILE: privateAuthority("ca.cert.pem"), HTTPS_PROXY: "http://user:canary@127.0.0.1:1" }
        })
        assert.strictEqual(lost.exitCode, 8)
        assert.match(lost.err, /why: +no connection to the proxy at 127\.0\.0\.1:1 \(ECONNREFUSED\)/)
        assert.notInclude(lost.err, "canary")
      })
  )

  it.effect("doctor tests the connection of a call: proxy, tunnel, private authority", () =>
    Effect.gen(function* () {
      const port = yield* proxyPort
      const own = {
        ...(yield* withAccessKey),
        CBR_ENDPOINT: yield* behindPrivateAuthority,
        CBR_CA_FILE: privateAuthority("ca.cert.pem")
      }
      const looked = Effect.fnUntraced(function* (env: Record<string, string>) {
        const told = yield* cbr(["doctor"], { env: { ...own, ...env } })
        assert.notInclude(told.out + told.err, "canary")
        return told
      })
      const by = (words: string, at = port) => `http://${words}@127.0.0.1:${at}`
      const well = yield* looked({ HTTPS_PROXY: by("user:canary") })
      assert.strictEqual(well.exitCode, 0, well.out)
      assert.match(well.out, new RegExp(`Proxy +calls use the proxy 127\\.0\\.0\\.1:${port} [^]*✓ +Tunnel[^]*✓ +TLS`))
      assert.match(
        well.out,
        new RegExp(`✓ +Call +the credential is accepted; the call went through 127\\.0\\.0\\.1:${port}`)
      )
      const refused = yield* looked({ HTTPS_PROXY: by("user:other-canary") })
      assert.deepStrictEqual([refused.exitCode, refused.out.match(/✗ +Tunnel +407 → .*USER:PASSWORD/)?.length], [8, 1])
      const dead = yield* looked({ HTTPS_PROXY: by("user:canary", 1) })
      assert.match(dead.out, /✗ +TCP +ECONNREFUSED → check HTTPS_PROXY/)
      const passed = yield* looked({ HTTPS_PROXY: by("user:canary", 1), NO_PROXY: "127.0.0.1" })
      assert.strictEqual(passed.exitCode, 0, passed.out)
      assert.match(passed.out, /Proxy +HTTPS_PROXY is set but not used for this address/)
    })
  )

  it.effect("an invalid proxy or file of authorities is reported with its variable, and nothing is sent", () =>
    Effect.gen(function* () {
      const env = { CBR_TOKEN: "t", CBR_PROJECT_ID: "p", CBR_ENDPOINT: "https://127.0.0.1:1" }
      for (const [name, value, why] of [
        ["HTTPS_PROXY", "http://user:canary%@127.0.0.1:1", /write %25 for it/],
        ["CBR_CA_FILE", "/none.pem", /there is no such file/]
      ] as const) {
        const { err, exitCode } = yield* cbr(["show", example], { env: { ...env, [name]: value } })
        assert.strictEqual(exitCode, 2)
        assert.match(err, new RegExp(`what: +${name}\n`))
        assert.match(err, why)
        assert.notInclude(err, "canary")
      }
    })
  )

  it.effect("a full disk is reported as a failure", () =>
    Effect.gen(function* () {
      const env = yield* withAccessKey
      for (const words of [`show ${example} -o json`, "explain", "help"]) {
        const { err, exitCode } = yield* bash(`cbr ${words} > /dev/full`, { env })
        assert.strictEqual(exitCode, 1)
        assert.match(err, /standard output cannot be written \(exit 1\)\n {2}why: {3}ENOSPC, the disk is full/)
      }
      // To a monitoring system 1 would be a warning of the backup.
      const check = `cbr check ${example} --status available`
      const told = yield* bash(`${check} > /dev/full`, { env })
      assert.strictEqual(told.exitCode, 3)
      assert.match(told.err, /cannot be written \(exit 3\)/)
      assert.strictEqual((yield* bash(`${check} --exit-style cli > /dev/full`, { env })).exitCode, 1)
    })
  )

  it.effect("watch ends when the pipe's reader ends, before the next change", () =>
    Effect.gen(function* () {
      const env = yield* withAccessKey
      for (const format of ["ndjson", "table"]) {
        // Without, the time limit of the test would end it.
        const told = yield* bash(`cbr watch ${example} -o ${format} | head -n 1; echo "\${PIPESTATUS[0]}"`, { env })
        assert.match(told.out, /available.*\n0\n$/)
        assert.strictEqual(told.err, "")
      }
    })
  )

  it.effect("watch goes on if it may not start a program", () =>
    Effect.gen(function* () {
      const { path } = yield* Binary
      const env = { ...(yield* withAccessKey), NODE: process.execPath, CBR: path }
      // Since it came, the network must be allowed too.
      const network = process.allowedNodeEnvironmentFlags.has("--allow-net") ? "--allow-net" : ""
      const node = `"$NODE" --permission --allow-fs-read='*' ${network} "$CBR"`
      const told = yield* bash(`${node} watch ${example} --until-stable -o ndjson | cat`, { env })
      assert.strictEqual(told.exitCode, 0, told.err)
      assert.include(told.out, "available")
    })
  )

  it.effect("a check keeps its exit code when the reader closes the pipe", () =>
    Effect.gen(function* () {
      const env = yield* withAccessKey
      const line = `cbr check ${example} --status error | true; echo "\${PIPESTATUS[0]}"`
      assert.strictEqual((yield* bash(line, { env })).out, "2\n")
    })
  )

  it.effect("--from reads a named pipe, and the pipe of standard input", () =>
    Effect.gen(function* () {
      const env = { HOME: yield* home }
      const query = "--query backup.status -o value"
      const answer = `echo '{"backup":{"status":"available"}}'`
      for (const line of [
        `${answer} | cbr show --from /dev/stdin ${query}`,
        `cbr show --from <(${answer}) ${query}`,
        `mkfifo "$HOME/pipe"; ${answer} > "$HOME/pipe" & cbr show --from "$HOME/pipe" ${query}`
      ]) {
        assert.deepStrictEqual(yield* bash(line, { env }), { exitCode: 0, out: "available\n", err: "" })
      }
    })
  )

  it.effect("no line is longer than a terminal of 80 columns, in either language", () =>
    Effect.gen(function* () {
      const env = { ...(yield* withAccessKey), TERM: "xterm", NO_COLOR: "1" }
      const { backups } = yield* Simulator
      for (const words of [
        ["show", backups.tree],
        ["tree", backups.tree],
        ["show", missing],
        ["explain"],
        ["doctor"]
      ]) {
        for (const lang of ["en", "zh"]) {
          const { out } = yield* inTerminal([...words, "--lang", lang], { env, columns: 80 })
          for (const line of out.split(/\r?\n/)) assert.isAtMost(columnsOf(line), 80, line)
        }
      }
    })
  )

  it.effect("the single executable shows a backup without Node", () =>
    Effect.gen(function* () {
      const { path } = yield* Binary
      const folder = path.slice(0, path.lastIndexOf("/"))
      const made = yield* finished(process.execPath, [new URL("../executable.ts", import.meta.url).pathname, folder])
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

/** Wide characters take two. */
const columnsOf = (line: string): number =>
  Array.from(line).reduce(
    (sum, character) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/.test(character) ? 2 : 1),
    0
  )
