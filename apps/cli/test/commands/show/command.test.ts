import { JsonText } from "@cbr/domain"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { commandLine, withAccessKey, withToken } from "../../CommandLine.ts"

const undocumented = "e0000000-0000-4000-8000-000000000001"

// No typed value holds these: a number beyond 2^53, a spelling, a repeated key, a null, an unknown field.
const undocumentedBody = `{"backup":{"id":"${undocumented}","size":9007199254740993,"ratio":1.50,"x":1,"x":2,"vault_id":null,"新":{"a":[]}},"more":true}`

layer(simulatorLayer({ fixtures: [{ backup_id: undocumented, body: undocumentedBody }] }), {
  excludeTestServices: true
})("cbr show, from the service", (it) => {
  it.effect("text has the verdict, the times and the parts of a backup", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { err, exitCode, out } = yield* commandLine(["show", backups.tree, "-o", "table"], {
        env: yield* withAccessKey
      })
      assert.strictEqual(err, "")
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(
        out,
        `failed: 1 of 3 disks is in error (ecs-orders-0001-volume-0002)
Backup        autobk_server_orders
ID            b0000000-0000-4000-8000-000000000009
Status        available
Description   nightly, whole server
Resource      ecs-orders-0001
              cloud server (OS::Nova::Server), 140 GB, in cn-north-4a
              94eba8b2-acc9-4d82-badc-127144cc5526
Kind          incremental, by schedule, with system disk, lazy loading
Created       2026-01-02 03:04:05 UTC
Protected     2026-01-02 03:04:05 UTC
Updated       2026-01-02 03:19:41 UTC
Expires       2036-01-02 03:04:05 UTC
Restore       snapshot (a whole-server image can be made from it already)
Images        9f1d2e3c-4b5a-4678-8c9d-0e1f2a3b4c5d
Vault         3b5816b5-f29c-4172-9d9a-76c719a659ce
Project       4229d7a45436489f8c3dc2b1d35d4987, enterprise project 0
Children      3: 2 available, 1 error
              available  40 GB  c0000000-0000-4000-8000-000000000001  ecs-orders-0001-volume-0000, encrypted
              available  60 GB  c0000000-0000-4000-8000-000000000002  ecs-orders-0001-volume-0001, encrypted
              error      40 GB  c0000000-0000-4000-8000-000000000003  ecs-orders-0001-volume-0002`
      )
    })
  )

  it.effect("text has the state of each replication, and why one failed", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { out } = yield* commandLine(["show", backups.replicated, "-o", "text"], { env: yield* withAccessKey })
      assert.include(
        out,
        `Replications  2: 1 success, 1 fail
              success  100%  ap-southeast-1
              fail     37%   cn-south-1      BackupService.2112: The destination vault has no capacity left.`
      )
    })
  )

  it.effect("json is the service's own object, without loss", () =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(["show", undocumented, "-o", "json"], {
        env: yield* withAccessKey
      })
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(err, "")
      assert.strictEqual(
        out,
        `{
  "backup": {
    "id": "${undocumented}",
    "size": 9007199254740993,
    "ratio": 1.50,
    "x": 1,
    "x": 2,
    "vault_id": null,
    "新": {
      "a": []
    }
  },
  "more": true
}`
      )
    })
  )

  it.effect("a token and an access key show the same backup, to the byte", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      for (const id of Object.values(backups)) {
        const signed = yield* commandLine(["show", id, "--output", "json"], { env: yield* withAccessKey })
        const token = yield* commandLine(["show", id, "--output", "json"], { env: yield* withToken })
        assert.strictEqual(signed.exitCode, 0)
        assert.deepStrictEqual(token, signed)
      }
    })
  )

  it.effect("a flag comes before its variable", () =>
    Effect.gen(function* () {
      const { backups, cbr, project_id } = yield* Simulator
      const env = { ...(yield* withToken), CBR_ENDPOINT: "http://127.0.0.1:1", CBR_PROJECT_ID: "another" }
      const { exitCode } = yield* commandLine(
        ["show", backups.available, "--endpoint", cbr, "--project-id", project_id, "--timeout", "1m"],
        { env }
      )
      assert.strictEqual(exitCode, 0)
    })
  )

  it.effect("text escapes the control characters of the service, and so does JSON on a terminal", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const env = yield* withAccessKey
      const text = yield* commandLine(["show", backups.hostile_text, "-o", "table"], { env })
      const json = yield* commandLine(["show", backups.hostile_text, "-o", "json"], { env, stdoutIsTerminal: true })
      for (const { out } of [text, json]) assert.notMatch(out.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      assert.include(text.out, String.raw`\u001b[31mred\u001b[0m\u0007\u202egnp.exe`)
      assert.include(text.out, String.raw`one\r\ntwo\u2028three`)
      assert.strictEqual(JSON.parse(json.out).backup.name, "\u001b[31mred\u001b[0m\u0007\u202Egnp.exe")
    })
  )

  it.effect(
    "a field of another type than documented is noted on stderr, in one line, and only where it is hidden",
    () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const env = yield* withAccessKey
        const text = yield* commandLine(["show", backups.wrong_types, "-o", "table"], { env })
        assert.match(text.err, /^cbr: note: 11 fields .*backup\.created_at.*$/)
        const json = yield* commandLine(["show", backups.wrong_types, "-o", "json"], { env })
        assert.strictEqual(json.err, "")
      })
  )

  const tree = "b0000000-0000-4000-8000-000000000009"

  it.effect.each([
    ["no id", ["show"]],
    ["an empty id", ["show", ""]],
    ["an id that is no UUID", ["show", "../../v3/other"]],
    ["an escape sequence for an id", ["show", "\u001b[31m\nx"]],
    ["an unknown flag", ["show", tree, "--frm", "x"]],
    ["a misspelt command", ["shwo", tree]],
    ["a negative time", ["show", tree, "--timeout", "-5"]],
    ["no time at all", ["show", tree, "--timeout", "0s"]],
    ["a time without end", ["show", tree, "--timeout", "Infinity"]],
    ["an unknown format", ["show", tree, "-o", "xml"]],
    ["a flag twice", ["show", tree, "--region", "a", "--region", "b"]],
    ["a project that would change the path", ["show", tree, "--project-id", "a/../b"]],
    ["an endpoint that is none", ["show", tree, "--endpoint", "ftp://127.0.0.1"]],
    ["an endpoint with a path", ["show", tree, "--endpoint", "http://127.0.0.1/v3"]],
    ["a region that would change the host", ["show", tree, "--region", "evil.example/"]]
  ] as const)("%s exits 2 with four lines on stderr, and sends nothing", ([, words]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const { err, exitCode, out } = yield* commandLine(words, { env: yield* withToken })
      assert.strictEqual(exitCode, 2)
      assert.strictEqual(out, "")
      assert.match(err, /^cbr: [^\n]+ \(exit 2\)\n {2}what: {2}[^\n]*\n {2}why: {3}[^\n]+\n {2}next: {2}[^\n]+$/)
      assert.notInclude(err, "\u001b")
      assert.deepStrictEqual(yield* simulator.requests, [])
    })
  )

  it.effect("a project id of the environment is checked like the flag's", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const env = { ...(yield* withToken), HUAWEICLOUD_SDK_PROJECT_ID: "a/../b" }
      const { err, exitCode } = yield* commandLine(["show", tree], { env })
      assert.strictEqual(exitCode, 2)
      assert.include(err, "project_id")
      assert.deepStrictEqual(yield* simulator.requests, [])
    })
  )
})

describe("cbr show, without a network", () => {
  it.live("cbr show names DNS for a name that DNS does not know, and does not blame the credentials", () =>
    Effect.gen(function* () {
      const { err, exitCode } = yield* commandLine(
        ["show", "6df2b54c-dd62-4059-a07c-1b8f24f2725d", "--timeout", "20s"],
        {
          env: { CBR_TOKEN: "t", CBR_PROJECT_ID: "p", CBR_ENDPOINT: "https://cbr.nowhere.invalid" }
        }
      )
      assert.strictEqual(exitCode, 8)
      assert.include(err, "cbr.nowhere.invalid could not be found in DNS")
      assert.notMatch(err, /credential|key|token|\bAK|\bSK/)
    })
  )
})

describe("cbr show, with settings missing", () => {
  const id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

  it.effect("one error names every missing setting and every searched source", () =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(["show", id])
      assert.strictEqual(exitCode, 3)
      assert.strictEqual(out, "")
      const lines = err.split("\n").map((line) => /^(?:cbr:| {2}\w+:| +(?:- \w+)?)/.exec(line)?.[0].trim())
      assert.deepStrictEqual(lines, ["cbr:", "what:", "why:", "", "- environment", "- profile", "", "next:"])
      for (const place of [
        "CBR_TOKEN",
        "HUAWEICLOUD_SDK_AK",
        "HUAWEICLOUD_SDK_SK",
        "CLOUD_SDK_AK",
        "CLOUD_SDK_SK",
        "HUAWEICLOUD_SDK_PROJECT_ID",
        "CBR_PROJECT_ID",
        "CBR_ENDPOINT",
        "CBR_REGION"
      ])
        assert.include(err, place)
      for (const command of ["cbr configure", "cbr doctor", "cbr simulate"]) {
        assert.match(err, new RegExp(`next: [^]*\`${command}\``))
      }
    })
  )

  it.effect("an error of half a key names the missing half, and shows nothing of the other", () =>
    Effect.gen(function* () {
      const { err, exitCode } = yield* commandLine(["show", id, "--region", "cn-north-4", "--project-id", "p"], {
        env: { HUAWEICLOUD_SDK_SK: "half-a-secret" }
      })
      assert.strictEqual(exitCode, 3)
      assert.include(err, "HUAWEICLOUD_SDK_AK is not")
      assert.match(err, /next: +correct that setting/)
      assert.notInclude(err, "half-a-secret")
    })
  )

  it.effect("an error with credentials at hand does not blame them", () =>
    Effect.gen(function* () {
      const { err, exitCode } = yield* commandLine(["show", id, "--endpoint", "http://127.0.0.1:1"], {
        env: { CBR_TOKEN: "t" }
      })
      assert.strictEqual(exitCode, 3)
      assert.include(err, "--project-id")
      assert.notInclude(err, "credential")
      assert.notInclude(err, "CBR_TOKEN")
    })
  )

  it.effect("a blank variable counts as unset", () =>
    Effect.gen(function* () {
      const env = { CBR_TOKEN: "t", CBR_REGION: " ", CBR_ENDPOINT: "", CBR_PROJECT_ID: "p" }
      const { err, exitCode } = yield* commandLine(["show", id], { env })
      assert.strictEqual(exitCode, 3)
      assert.include(err, "no endpoint")
    })
  )
})

layer(NodeServices.layer, { excludeTestServices: true })("cbr show --from", (it) => {
  const id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
  const body = `{"backup":{"id":"${id}","name":"saved","status":"available","size":1.50}}`

  const fileOf = Effect.fn(function* (content: string) {
    const files = yield* FileSystem.FileSystem
    const path = yield* files.makeTempFileScoped({ suffix: ".json" })
    yield* files.writeFileString(path, content)
    return path
  })

  it.effect("a file is shown without network, credentials or project", () =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(["show", "--from", yield* fileOf(body), "-o", "table"])
      assert.strictEqual(err, "")
      assert.strictEqual(exitCode, 0)
      assert.match(out, /^healthy: [^\n]+\nBackup {8}saved\nID {12}6df2b54c-[^\n]+\nStatus {8}available/)
    })
  )

  it.effect("standard input is shown like a file, with or without a byte order mark", () =>
    Effect.gen(function* () {
      // As Windows PowerShell 5.1 writes what is sent to a file, and as its Set-Content does.
      for (const stdin of [`\uFEFF${body}`, Buffer.from(`\uFEFF${body}`, "utf16le")]) {
        const { exitCode, out } = yield* commandLine(["show", "--from", "-", "-o", "json"], { stdin })
        assert.strictEqual(exitCode, 0)
        assert.strictEqual(out, JsonText.indent(body))
      }
    })
  )

  it.effect("the output of json can be read again, and prints the same", () =>
    Effect.gen(function* () {
      const first = yield* commandLine(["show", "--from", "-", "-o", "json"], { stdin: body })
      const second = yield* commandLine(["show", "--from", "-", "-o", "json"], { stdin: first.out })
      assert.strictEqual(second.out, first.out)
    })
  )

  it.effect("an id beside --from must be that of the saved backup", () =>
    Effect.gen(function* () {
      const path = yield* fileOf(body)
      const same = yield* commandLine(["show", id.toUpperCase(), "--from", path])
      assert.strictEqual(same.exitCode, 0)
      const other = yield* commandLine(["show", id.replace("6", "7"), "--from", path])
      assert.strictEqual(other.exitCode, 2)
      assert.include(other.err, id)
    })
  )

  it.effect.each([
    ["is no JSON", "not json", 11],
    ["is JSON, but no backup", "[]", 11],
    ["is empty", "", 11],
    ["is no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), 11],
    ["nests without end", "[".repeat(1_000_000), 11],
    ["is larger than any answer", new Uint8Array(17 * 1024 * 1024).fill(0x20), 11]
  ] as const)("input that %s exits %3$i with four lines on stderr", ([, stdin, expected]) =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(["show", "--from", "-"], { stdin })
      assert.strictEqual(exitCode, expected)
      assert.strictEqual(out, "")
      assert.match(
        err,
        /^cbr: saved response cannot be used \(exit 11\)\n {2}what: {2}standard input\n {2}why: [^\n]+\n {2}next: [^\n]+$/
      )
    })
  )

  it.effect("a file that cannot be read exits 2 with the reason", () =>
    Effect.gen(function* () {
      const { err, exitCode } = yield* commandLine(["show", "--from", "/nowhere/backup.json"])
      assert.strictEqual(exitCode, 2)
      assert.include(err, "no such file")
    })
  )
})
