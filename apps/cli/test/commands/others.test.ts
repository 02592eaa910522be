import { join } from "node:path"
import { Fault, layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, FileSystem, Redacted } from "effect"
import { commandLine, withAccessKey, withToken } from "../CommandLine.ts"

const id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

layer(simulatorLayer(), { excludeTestServices: true })("the commands beside show, wait and watch", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("tree is show -o tree", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const tree = yield* run("tree", backups.tree)
      assert.match(
        tree.out,
        /^✗ autobk_server_orders {2}available.*\n│ failed: 1 of 3 disks is in error \(ecs-orders-0001-volume-0002\)\n├─ ✓ .*\n├─ ✓ .*\n└─ ✗ .* {2}error/
      )
      for (const disk of ["0000", "0001", "0002"]) {
        assert.match(tree.out, new RegExp(`^.─ . ecs-orders-0001-volume-${disk} `, "m"))
      }
      assert.deepStrictEqual(yield* run("show", backups.tree, "-o", "tree"), tree)
      assert.strictEqual((yield* run("tree", "no-id")).exitCode, 2)
    })
  )

  it.effect("diff tells what differs, and by its exit code when asked", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const same = yield* run("diff", backups.tree, backups.tree, "--exit-code")
      assert.deepStrictEqual(same, { exitCode: 0, out: "no difference", err: "" })
      const other = yield* run("diff", backups.available, backups.error, "--exit-code")
      assert.strictEqual(other.exitCode, 9)
      assert.include(other.out, `~ status: "available" → "error"`)
      assert.strictEqual((yield* run("diff", backups.tree, "/nowhere.json")).exitCode, 2)
    })
  )

  it.effect("diff and a dry run fit a terminal, and stay whole in a pipe", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      for (const words of [
        ["diff", backups.tree, backups.available],
        ["show", backups.tree, "--dry-run"]
      ]) {
        const env = yield* withAccessKey
        const widest = (out: string) => Math.max(...out.split("\n").map((line) => line.length))
        const shown = yield* commandLine([...words, "--no-color"], { env, stdoutIsTerminal: true })
        assert.isAtMost(widest(shown.out), 80)
        assert.isAbove(widest((yield* run(...words)).out), 80)
      }
    })
  )

  it.effect("drift names each departure", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { exitCode, out } = yield* run("drift", backups.wrong_types, "--exit-code")
      assert.strictEqual(exitCode, 9)
      assert.match(out, /wrong type +backup\.created_at +expected string/)
      assert.strictEqual((yield* run("drift", backups.example)).out, "no drift: the answer is as the API's page has it")
    })
  )

  it.effect("a collector of metrics gets a figure of a backup that cannot be shown, by its id", () =>
    Effect.gen(function* () {
      const { cbr, faults, project_id } = yield* Simulator
      for (const word of [faults.not_found, `cn-north-4/${project_id}/${faults.not_found}`]) {
        const { err, exitCode, out } = yield* run("show", word, "-o", "openmetrics", "--endpoint", cbr)
        assert.strictEqual(exitCode, 5)
        assert.match(out, new RegExp(`^cbr_backup_up\\{id="${faults.not_found}"\\} 0\n# EOF$`, "m"))
        assert.match(err, /^cbr: backup not found \(exit 5\)/)
      }
    })
  )

  it.effect.each([
    ["check", id, "--status", "available"],
    ["show", id, "--query", "backup.id"],
    ["show", id, "--dry-run"],
    ["diff", id, id],
    ["drift", id],
    ["doctor"],
    ["whoami", "--verify"],
    ["explain", "status"]
  ])("%s has no gauges, which is wrong use before anything is sent", (words) =>
    Effect.gen(function* () {
      const { requests } = yield* Simulator
      const before = (yield* requests).length
      const { err, exitCode, out } = yield* run(...words, "-o", "openmetrics")
      assert.deepStrictEqual({ exitCode, out }, { exitCode: words[0] === "check" ? 3 : 2, out: "" })
      assert.match(err, /what: +-o openmetrics\n[^]*gauges are of whole backups/)
      assert.strictEqual((yield* requests).length, before)
      const { err: told } = yield* run(...words, "-o", "openmetrics", "--lang", "zh")
      assert.include(told, "只针对整个备份")
    })
  )

  it.effect("whoami tells the winner of each setting and what it overrides, and shows no secret", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { err, exitCode, out } = yield* run("whoami", "--project-id", simulator.project_id, "--verify")
      assert.deepStrictEqual({ err, exitCode }, { err: "", exitCode: 0 })
      assert.match(out, /^Credential +AK SIMU\*\*\* +from environment/)
      assert.match(out, /^Project +\S+ +from --project-id\n +\S+ +of HUAWEICLOUD_SDK_PROJECT_ID, not used/m)
      assert.notInclude(out, simulator.ak)
      assert.strictEqual((yield* commandLine(["whoami"])).exitCode, 3)
    })
  )

  it.effect("whoami --verify names the user and the account: of a token by IAM, of a key by STS", () =>
    Effect.gen(function* () {
      const { domain, iam, user } = yield* Simulator
      const key = { ...(yield* withAccessKey), CBR_STS_ENDPOINT: iam }
      const byKey = yield* commandLine(["whoami", "--verify"], { env: key })
      assert.match(byKey.out, /^User +iam::\w+:user:developer \(\w+\)\nAccount +5f2d2c3b\w+$/m)
      const env = { ...(yield* withToken), CBR_IAM_ENDPOINT: iam }
      const byToken = yield* commandLine(["whoami", "--verify", "-o", "json"], { env })
      assert.deepInclude(JSON.parse(byToken.out), {
        user: { name: user, id: "7c6b5a493827160594837261504f3e2d", urn: null },
        account: { name: domain, id: "5f2d2c3b1a0948e7b6c5d4e3f2a1b0c9" },
        verified: true
      })
      const chinese = yield* commandLine(["whoami", "--verify", "--lang", "zh"], { env })
      assert.match(chinese.out, /^用户 +developer（\w+）\n账号 +simulated-domain（\w+）$/m)
    })
  )

  it.effect("whoami --verify shows a gateway's key to no IAM but one that is named", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const env = { ...(yield* withToken), CBR_REGION: "cn-north-4" }
      const { exitCode, out } = yield* commandLine(["whoami", "--verify", "--retries", "0"], { env })
      assert.strictEqual(exitCode, 0)
      assert.match(out, /^User +not told: no IAM of this endpoint is known \(CBR_IAM_ENDPOINT\)\nAccount +not told$/m)
      assert.lengthOf(yield* simulator.requests, 1)
    })
  )

  it.effect("whoami asks for a token by password where a call would", () =>
    Effect.gen(function* () {
      const { cbr, domain, iam, password, region, user } = yield* Simulator
      const env = {
        CBR_ENDPOINT: cbr,
        CBR_IAM_ENDPOINT: iam,
        CBR_REGION: region,
        OS_USERNAME: user,
        OS_PASSWORD: Redacted.value(password),
        OS_DOMAIN_NAME: domain,
        HUAWEICLOUD_SDK_REGION_IAM_CN_NORTH_4: "http://127.0.0.1:1"
      }
      const { err, exitCode, out } = yield* commandLine(["whoami"], { env })
      assert.deepStrictEqual({ err, exitCode }, { err: "", exitCode: 0 })
      assert.match(out, /^Credential +token \*\*\* +from environment, by password/)
    })
  )

  it.effect("whoami shows no password that stands in an address", () =>
    Effect.gen(function* () {
      for (const address of ["http://me:canary@proxy.example", "me:canary@proxy.example", "http://me:can@ary@proxy"]) {
        const { out } = yield* commandLine(["whoami", "--lang", "en"], {
          env: { CBR_TOKEN: "t", CBR_ENDPOINT: address, CBR_REGION: "cn-north-4" }
        })
        assert.match(out, /Endpoint +(?:http:\/\/)?\*\*\*@proxy/)
        assert.notInclude(out, "can")
      }
    })
  )

  const atDate = Effect.fnUntraced(function* (date: string, ...words: ReadonlyArray<string>) {
    const { inject } = yield* Simulator
    yield* inject(Fault.Answer({ status: 404, headers: { date } }), { on: "cbr" })
    return yield* run("doctor", ...words)
  })

  it.effect("doctor says of a clock that is 20 minutes off that the client corrects it, and passes", () =>
    Effect.gen(function* () {
      const date = new Date(Date.now() - 20 * 60_000).toUTCString()
      const { exitCode, out } = yield* atDate(date)
      assert.match(
        out,
        /✓ +Clock +the service is 1(?:19\d|20\d) s behind this machine; the client corrects it: it signs/
      )
      assert.strictEqual(exitCode, 0)
      assert.match(
        (yield* atDate(date, "--lang", "zh")).out,
        /时钟 +服务的时间比本机慢 1(?:19\d|20\d) 秒；客户端会自行校正/
      )
    })
  )

  it.effect("doctor and whoami --verify take a refusal of their made-up id for a proof of the credential", () =>
    Effect.gen(function* () {
      const { inject } = yield* Simulator
      const on = { backup_id: "00000000-0000-4000-8000-000000000000" }
      for (const message of ["BackupService.9900", "Malformed request url"]) {
        const status = message.startsWith("Malformed") ? 401 : 400
        const body = JSON.stringify(
          status === 400 ? { error_code: message } : { unauthorized: { code: "401", message } }
        )
        yield* inject(Fault.Answer({ status, body }), { on, times: 2 })
        assert.match((yield* run("doctor")).out, /✓ +Call/)
        assert.strictEqual((yield* run("whoami", "--verify")).exitCode, 0)
      }
    })
  )

  it.effect("doctor takes no date that cannot be for the time", () =>
    Effect.gen(function* () {
      const { exitCode, out } = yield* atDate("Thu, 01 Jan 1970 00:00:07 GMT")
      assert.match(out, /- +Clock +the endpoint tells no date that can be right/)
      assert.strictEqual(exitCode, 0)
    })
  )

  it.effect("doctor passes each step, and says what to do at the one that fails", () =>
    Effect.gen(function* () {
      const well = yield* run("doctor")
      assert.strictEqual(well.exitCode, 0)
      assert.notInclude(well.out, "✗")
      const ill = yield* run("doctor", "--endpoint", "http://127.0.0.1:1")
      assert.strictEqual(ill.exitCode, 8)
      assert.match(ill.out, /✗ +TCP +ECONNREFUSED → check firewall/)
    })
  )

  it.effect("a dry run shows the canonical request and sends nothing, neither secret nor signature", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const { exitCode, out } = yield* run("show", "--dry-run", simulator.backups.example)
      assert.strictEqual(exitCode, 0)
      assert.include(out, "Canonical request:\n  GET\n  /v3/")
      assert.include(out, "Access=SIMU***, SignedHeaders=host;x-project-id;x-sdk-date, Signature=***")
      assert.notMatch(out, /simulatedSecret/)
      assert.deepStrictEqual(yield* simulator.requests, [])
    })
  )

  it.effect("a dry run says that nothing was sent, with a key and with a token", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      for (const env of [yield* withAccessKey, yield* withToken]) {
        const { err } = yield* commandLine(["show", "--dry-run", backups.example], { env })
        assert.strictEqual(err, "cbr: nothing was sent")
      }
    })
  )

  it.effect("an address that is not CBR's gets no credential", () =>
    Effect.gen(function* () {
      const { backups, cbr, project_id } = yield* Simulator
      const foreign = yield* run("show", `https://evil.example/v3/${project_id}/backups/${backups.example}`)
      assert.strictEqual(foreign.exitCode, 2)
      assert.include(foreign.err, "neither CBR's in a known region nor the configured endpoint")
      assert.strictEqual((yield* run("show", `${cbr}/v3/${project_id}/backups/${backups.example}`)).exitCode, 0)
    })
  )

  it.effect("an error is JSON with the contract's keys when the result is", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const { err, out } = yield* run("show", faults.not_found, "-o", "json")
      assert.strictEqual(out, "")
      assert.deepStrictEqual(
        Object.keys(JSON.parse(err)).join(" "),
        "kind exit message why next retryable retry_after_s http_status service_code request_id proxy_id url attempts elapsed_ms detail"
      )
    })
  )

  it.effect("a region that is given goes before an address that is set, and that is said", () =>
    Effect.gen(function* () {
      const { backups, cbr } = yield* Simulator
      const asked = yield* run("whoami", "--region", "cn-north-4")
      assert.include(asked.out, "https://cbr.cn-north-4.myhuaweicloud.com")
      assert.match(asked.out, new RegExp(`${cbr} +of CBR_ENDPOINT, not used`))
      assert.strictEqual(asked.err, "cbr: note: --region was given, so CBR_ENDPOINT is not used")
      const both = yield* run("show", backups.example, "--region", "cn-north-4", "--endpoint", cbr)
      assert.deepStrictEqual({ err: both.err, exitCode: both.exitCode }, { err: "", exitCode: 0 })
    })
  )

  it.effect("--trace-file has a line of JSON for each attempt, without secrets", () =>
    Effect.gen(function* () {
      const { ak, backups, faults, sk } = yield* Simulator
      const files = yield* FileSystem.FileSystem
      const file = join(yield* files.makeTempDirectoryScoped(), "trace")
      yield* run("show", backups.example, "--trace-file", file)
      yield* run("show", faults.unavailable, "--retries", "1", "--trace-file", file)
      const text = yield* files.readFileString(file)
      const lines = text.trimEnd().split("\n")
      assert.deepStrictEqual(
        lines.map((line) => (({ number, status_code }) => [number, status_code])(JSON.parse(line))),
        [
          [1, 200],
          [1, 503],
          [2, 503]
        ]
      )
      for (const secret of [ak, Redacted.value(sk), "Signature"]) assert.notInclude(text, secret)
      assert.strictEqual((yield* run("show", backups.example, "--trace-file", "/nowhere/trace")).exitCode, 2)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect.each([
    { condition: "query='backup.status'", says: /looks at no field/ },
    { condition: "query=backup.status", says: /gives "available", which is neither true nor false/ },
    { condition: "query=backup.[", says: /it ends too early/ },
    {
      condition: "query=length(backup.children[?status = 'nonsense']) > `0`",
      says: /= cannot stand at character 32; values are compared with ==/
    },
    { condition: "'status=available'", says: /is no condition; did you mean status/ }
  ])("wait --for $condition is wrong use, not a wait without end", ({ condition, says }) =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { err, exitCode } = yield* run("wait", backups.example, "--for", condition)
      assert.strictEqual(exitCode, 2)
      assert.match(err, says)
    })
  )

  it.effect("a query picks from the answer, integers of any size too; one that is none is wrong use", () =>
    Effect.gen(function* () {
      const stdin = `{"backup":{"size":9007199254740993,"status":"available"}}`
      const from = ["show", "--from", "-"]
      assert.strictEqual((yield* commandLine([...from, "--query", "backup.size"], { stdin })).out, "9007199254740993")
      assert.strictEqual(
        (yield* commandLine([...from, "--query", "backup.status", "-o", "value"], { stdin })).out,
        "available"
      )
      assert.strictEqual((yield* commandLine([...from, "--query", "backup.["], { stdin })).exitCode, 2)
    })
  )
})

describe("cbr, offline", () => {
  it.effect("explain tells a field, a value and an error, in both languages", () =>
    Effect.gen(function* () {
      const said = (...words: ReadonlyArray<string>) => Effect.map(commandLine(["explain", ...words]), ({ out }) => out)
      assert.match(yield* said("backup.children[0].status"), /^status {2}text {2}Where the backup stands/)
      assert.include(yield* said("waiting_protect", "--lang", "zh"), "等待保护")
      for (const word of [
        "backup-not-found",
        "BackupNotFound",
        "backup not found",
        "备份不存在",
        "BackupService.6200"
      ]) {
        assert.match(yield* said(word), /exit 5\): check the backup id/, word)
      }
      const refusal = yield* said("APIGW.0301")
      for (const part of ["key is locked", "machine's clock", "new token", "exit 4"]) assert.include(refusal, part)
      assert.strictEqual((yield* commandLine(["explain", "APIGW.9999"])).exitCode, 2)
      assert.strictEqual((yield* commandLine(["explain", "nothing-like-it"])).exitCode, 2)
    })
  )

  it.effect.each(["use", "rm"])("profiles %s of one that is not there makes no folder", (action) =>
    Effect.gen(function* () {
      const config = "/proc/.config/cbr"
      const { err, exitCode } = yield* commandLine(["profiles", action, "nope"], { config })
      assert.strictEqual(exitCode, 2)
      assert.match(err, /no such profile[^]*nope/)
    })
  )

  it.effect("profiles list is profiles ls", () =>
    Effect.gen(function* () {
      const config = "/nowhere"
      const listed = yield* commandLine(["profiles", "list"], { config })
      assert.deepStrictEqual(listed, yield* commandLine(["profiles", "ls"], { config }))
      assert.strictEqual(listed.exitCode, 0)
    })
  )

  it.effect.each([
    { words: ["show"], env: { CBR_ENDPOINT: "me:canary@cbr.example" }, what: "CBR_ENDPOINT: ***@cbr.example" },
    { words: ["show", "--endpoint", "cbr.example"], env: {}, what: "--endpoint: cbr.example" },
    {
      words: ["show", "--endpoint", "http://127.0.0.1:1"],
      env: { CBR_IAM_ENDPOINT: "iam" },
      what: "CBR_IAM_ENDPOINT: iam"
    }
  ])("an address that is none is told with the place that it was given at: $what", ({ env, what, words }) =>
    Effect.gen(function* () {
      const id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
      const { err, exitCode } = yield* commandLine([...words, id], { env })
      assert.strictEqual(exitCode, 2)
      assert.include(err, `  what:  ${what}\n`)
      assert.notInclude(err, "canary")
    })
  )

  it.effect.each(["bash", "zsh", "fish", "powershell"])("completion %s knows the commands", (shell) =>
    Effect.gen(function* () {
      const { exitCode, out } = yield* commandLine(["completion", shell])
      assert.strictEqual(exitCode, 0)
      assert.include(out, "doctor")
      assert.include(out, "until-stable")
    })
  )

  it.effect("a variable stands in for its flag, and the flag comes before it", () =>
    Effect.gen(function* () {
      const stdin = `{"backup":{"status":"available"}}`
      const env = { CBR_FROM: "-", CBR_OUTPUT: "value", CBR_QUERY: "backup.status", CBR_LANG: "zh" }
      assert.strictEqual((yield* commandLine(["show"], { env, stdin })).out, "available")
      assert.strictEqual((yield* commandLine(["show", "-o", "json"], { env, stdin })).out, `"available"`)
      assert.include((yield* commandLine(["show", "--frm"], { env })).err, "用法错误")
    })
  )
})
