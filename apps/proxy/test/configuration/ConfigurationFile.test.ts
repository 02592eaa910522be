import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { examine, load } from "../../src/configuration/ConfigurationFile.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const platform = Layer.merge(NodeServices.layer, NodeCrypto.layerDigest)
const environment = (variables: Readonly<Record<string, string>>) =>
  Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(variables)))

const configuration = `keys_file: keys.json
callers: { billing: { projects: "*" } }
credentials:
  in-file: { type: access_key, ak: A, sk_file: secrets-sk }
  in-variable: { type: token, token_env: UPSTREAM_TOKEN }
  printed: { type: token, token_command: [sh, -c, "printf %s. $UPSTREAM_USER; cat secrets-sk"] }
  in-place: { type: password, user: u, domain: d, password: in the clear }
  elsewhere: { type: environment }
projects: {}
`
const pem = (name: string) => readFileSync(new URL(`../fixtures/${name}.pem`, import.meta.url), "utf8")
const key = { id: "k1", caller: "billing", sha256: "0".repeat(64), created_at: "2026-01-02T03:04:05Z" }

layer(platform, { excludeTestServices: true })("a configuration file", (it) => {
  it.effect("brings its secrets and keys, from beside it and from the environment", () =>
    Effect.gen(function* () {
      const paths = yield* written(yield* temporaryFolder, {
        "proxy.yaml": configuration,
        "secrets-sk": "line\n",
        "keys.json": JSON.stringify({ keys: [key] })
      })
      const { files, keys, secrets } = yield* load(paths["proxy.yaml"])
      assert.deepStrictEqual(
        [...secrets].map(([name, secret]) => [name, Redacted.value(secret)]),
        [
          ["in-file", "line"],
          ["in-variable", "from the environment"],
          // The proxy's own environment and the file's folder, as in a shell; and the last line break alone is gone.
          ["printed", `${process.env["UPSTREAM_USER"] ?? ""}.line`],
          ["in-place", "in the clear"]
        ]
      )
      assert.deepStrictEqual(
        keys.map(({ id }) => id),
        ["k1"]
      )
      assert.sameMembers([...files], Object.values(paths))
    }).pipe(environment({ UPSTREAM_TOKEN: "from the environment", CBR_TOKEN: "t" }))
  )

  it.effect("takes the files of redis.tls, which have many lines, and names the one that is no PEM", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const cert = pem("self-signed.cert")
      const files = { "ca.pem": `${cert}${cert}`, "cert.pem": cert, "key.pem": pem("self-signed.key") }
      const text = `callers: {}
credentials: {}
projects: {}
redis: { url: "rediss://h", tls: { ca_file: ca.pem, cert_file: cert.pem, key_file: key.pem } }
`
      const paths = yield* written(folder, { ...files, "proxy.yaml": text })
      const loaded = yield* load(paths["proxy.yaml"])
      const { ca, cert: own, key } = loaded.redis.tls ?? {}
      assert.deepStrictEqual([ca, own, key && Redacted.value(key)], Object.values(files))
      assert.sameMembers([...loaded.files], Object.values(paths))
      for (const [name, setting] of [
        ["ca.pem", "ca_file"],
        ["cert.pem", "cert_file"],
        ["key.pem", "key_file"]
      ] as const) {
        yield* written(folder, { ...files, [name]: "Canary" })
        const { faults, message } = yield* Effect.flip(load(paths["proxy.yaml"]))
        assert.deepStrictEqual(
          faults.map(({ setting }) => setting),
          [`redis.tls.${setting}`]
        )
        assert.notInclude(message, "Canary")
      }
    }).pipe(environment({}))
  )

  it.effect("warns of a limit above the one that bounds it, in a region too, and of none beside a fault", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const warningsOf = Effect.fnUntraced(function* (sections: string) {
        const { "proxy.yaml": file } = yield* written(folder, {
          "proxy.yaml": `callers: {}\ncredentials: {}\nprojects: {}\n${sections}`
        })
        return (yield* examine(file)).warnings.map(({ message, position, setting }) => [
          `${position?.line}:${position?.column} ${setting}`,
          ...(message.match(/\d+/g) ?? [])
        ])
      })
      assert.isEmpty(yield* warningsOf("limits: { deadline_ms: 60000 }\nupstream: { attempt_timeout_ms: 9000 }\n"))
      const inverted = `limits: { deadline_ms: 6000, longest_deadline_ms: 5000 }
upstream: { call_timeout_ms: 2000 }
regions:
  cn-north-4: { upstream: { attempt_timeout_ms: 1000 } }
  cn-east-3: { upstream: { attempt_timeout_ms: 4000, retries: 1 } }
  cn-south-1: { upstream: { retries: 1 } }
`
      assert.deepStrictEqual(yield* warningsOf(inverted), [
        ["4:11 limits.deadline_ms", "6000", "5000"],
        ["5:1 upstream.attempt_timeout_ms", "3000", "2000"],
        ["8:28 regions.cn-east-3.upstream.attempt_timeout_ms", "4000", "2000"]
      ])
      assert.isEmpty(yield* warningsOf(`${inverted}board: none\n`))
    }).pipe(environment({}))
  )

  it.effect("names the setting of a key that is too short or malformed", () =>
    Effect.gen(function* () {
      const { "proxy.yaml": file } = yield* written(yield* temporaryFolder, {
        "proxy.yaml": `callers: { b: { projects: "*", access_keys: [{ ak: EXAMPLEKEY000001, sk: Canary }] } }
credentials: {}
projects: {}
redis: { url: "redis://h", sealing_keys: [{ id: a, key: Canary }, { id: b, key: ${"0f".repeat(16)} }] }
`
      })
      assert.deepStrictEqual((yield* Effect.flip(load(file))).lines, [
        `${file}:1:70: callers.b.access_keys.0.sk: the secret access key has fewer than 32 characters`,
        `${file}:4:52: redis.sealing_keys.0.key: the key is not 32 bytes in hex; \`openssl rand -hex 32\` makes one`,
        `${file}:4:76: redis.sealing_keys.1.key: the key is not 32 bytes in hex; \`openssl rand -hex 32\` makes one`
      ])
      const { "proxy.yaml": longer } = yield* written(yield* temporaryFolder, {
        "proxy.yaml": `callers: { b: { projects: "*", access_keys: [{ ak: EXAMPLEKEY000001, sk: ${"s".repeat(32)} }] } }
credentials: {}
projects: {}
redis: { url: "redis://h", sealing_keys: [{ id: a, key: ${"0f".repeat(32)} }] }
`
      })
      const { accessKeySecrets, redis } = yield* load(longer)
      assert.deepStrictEqual([accessKeySecrets.size, redis.sealingKeys.length], [1, 1])
    }).pipe(environment({}))
  )

  it.effect("names every secret that is missing, where it says it should be", () =>
    Effect.gen(function* () {
      const paths = yield* written(yield* temporaryFolder, { "proxy.yaml": configuration })
      const error = yield* Effect.flip(load(paths["proxy.yaml"]))
      assert.deepStrictEqual(error.lines, [
        `${paths["proxy.yaml"]}:4:39: credentials.in-file.sk_file: the file cannot be read: there is no such file: correct its name, or create it`,
        `${paths["proxy.yaml"]}:5:31: credentials.in-variable.token_env: the variable UPSTREAM_TOKEN is not set`,
        `${paths["proxy.yaml"]}:6:27: credentials.printed.token_command: the command ended with code 1`,
        `${paths["proxy.yaml"]}:8:3: credentials.elsewhere: no credentials in the environment: none of CBR_TOKEN, HUAWEICLOUD_SDK_AK with HUAWEICLOUD_SDK_SK, CLOUD_SDK_AK with CLOUD_SDK_SK, HW_AUTH_TOKEN, HW_ACCESS_KEY with HW_SECRET_KEY, OS_AUTH_TOKEN, OS_TOKEN, OS_ACCESS_KEY with OS_SECRET_KEY is set`
      ])
    }).pipe(environment({}))
  )

  const odd: ReadonlyArray<readonly [what: string, bytes: Buffer, fault: string]> = [
    ["two line ends", Buffer.from("secret\n\n"), "the file holds more than one line: a secret is one"],
    ["two lines", Buffer.from("secret\r\nmore\r\n"), "the file holds more than one line: a secret is one"],
    ["nothing but a line end", Buffer.from("\n"), "the file holds nothing"],
    [
      "UTF-16 without its mark",
      Buffer.from("secret\n", "utf16le"),
      "the file holds a character that cannot be printed: save it as plain text in UTF-8"
    ],
    [
      "a control character",
      Buffer.from("sec\u0007ret"),
      "the file holds a character that cannot be printed: save it as plain text in UTF-8"
    ],
    [
      "bytes of another encoding",
      Buffer.from([0xe9, 0x74, 0xe9]),
      "the file cannot be read: it is no text in UTF-8: save it as that"
    ]
  ]
  for (const [what, bytes, fault] of odd) {
    it.effect(`is refused with a secret of ${what}, which is not shown`, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const { "proxy.yaml": file } = yield* written(folder, {
          "proxy.yaml": "callers: {}\ncredentials: { c: { type: token, token_file: token } }\nprojects: {}\n"
        })
        yield* Effect.promise(() => writeFile(`${folder}/token`, bytes))
        assert.deepStrictEqual((yield* Effect.flip(load(file))).lines, [
          `${file}:2:34: credentials.c.token_file: ${fault}`
        ])
      }).pipe(environment({}))
    )
  }

  it.effect("takes a secret and itself in UTF-16 with its mark, as PowerShell writes it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const text = "callers: {}\ncredentials: { c: { type: token, token_file: token } }\nprojects: {}\n"
      const file = `${folder}/proxy.yaml`
      yield* Effect.promise(() => writeFile(file, `\ufeff${text}`, "utf16le"))
      yield* Effect.promise(() => writeFile(`${folder}/token`, "\ufeffsecret\r\n", "utf16le"))
      const { secrets } = yield* load(file)
      assert.deepStrictEqual([...secrets.values()].map(Redacted.value), ["secret"])
    }).pipe(environment({}))
  )

  it.effect("tells all of its faults at once, whatever each is a fault of", () =>
    Effect.gen(function* () {
      const { "proxy.yaml": file } = yield* written(yield* temporaryFolder, {
        "proxy.yaml": `lisen: {}
callers:
  a: { projects: [p, q], keys: [{ sha256: short }] }
  b: { projects: "*", class: gold, expires_at: tomorrow }
credentials:
  missing: { type: token, token_file: none }
  strange: { type: token, token_flie: none }
projects:
  p: { region: cn-nroth-4, credentials: [missing, strange] }
  r: { region: cn-north-4, credentials: [mising] }
keys_file: .
`
      })
      assert.deepStrictEqual(
        (yield* Effect.flip(load(file))).faults.map(({ position, setting }) => `${position?.line} ${setting}`),
        [
          "1 lisen",
          "3 callers.a.projects.1",
          "3 callers.a.keys.0.sha256",
          "4 callers.b.class",
          "4 callers.b.expires_at",
          "6 credentials.missing.token_file",
          "7 credentials.strange.token_flie",
          "9 projects.p.region",
          "10 projects.r.credentials.0",
          "11 keys_file"
        ]
      )
    }).pipe(environment({}))
  )

  it.effect("is refused with a region that has no known address", () =>
    Effect.gen(function* () {
      const text =
        "callers: {}\ncredentials: { c: { type: token, token: t } }\nprojects: { p: { region: cn-nroth-4, credentials: [c] } }\n"
      const { "own.yaml": own, "typo.yaml": typo } = yield* written(yield* temporaryFolder, {
        "typo.yaml": text,
        "own.yaml": `${text}regions: { cn-nroth-4: { endpoint: "https://cbr.example" } }\n`
      })
      assert.strictEqual(
        (yield* Effect.flip(load(typo))).message,
        `${typo}:3:18: projects.p.region: no address is known of the region cn-nroth-4; if it serves CBR, give regions.cn-nroth-4.endpoint; did you mean cn-north-4 or cn-north-1 or cn-north-2?`
      )
      yield* load(own)
    }).pipe(environment({}))
  )

  it.effect("is refused with a key for an unknown caller", () =>
    Effect.gen(function* () {
      const paths = yield* written(yield* temporaryFolder, {
        "proxy.yaml": `keys_file: keys.json\ncallers: {}\ncredentials: {}\nprojects: {}\n`,
        "keys.json": JSON.stringify({ keys: [key] })
      })
      const { message } = yield* Effect.flip(load(paths["proxy.yaml"]))
      assert.strictEqual(
        message,
        `${paths["proxy.yaml"]}:1:1: keys_file: its key k1 is for billing, which is not under callers`
      )
    }).pipe(environment({}))
  )

  it.effect("is refused with a malformed keys file, without showing its text", () =>
    Effect.gen(function* () {
      const paths = yield* written(yield* temporaryFolder, {
        "proxy.yaml": `keys_file: keys.json\ncallers: {}\ncredentials: {}\nprojects: {}\n`,
        "keys.json": "Canary"
      })
      const { message } = yield* Effect.flip(load(paths["proxy.yaml"]))
      assert.include(message, "keys.json is not a file that `cbr-proxy keys` wrote")
      assert.notInclude(message, "Canary")
    }).pipe(environment({}))
  )

  it.effect("has another fingerprint after any of its files has changed but that of the keys, and only then", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const files = { "proxy.yaml": configuration, "secrets-sk": "a", "keys.json": '{"keys":[]}' }
      const { "proxy.yaml": file } = yield* written(folder, files)
      const first = (yield* load(file)).fingerprint
      assert.strictEqual((yield* load(file)).fingerprint, first)
      const seen = new Set([first])
      yield* written(folder, { ...files, "secrets-sk": "b" })
      seen.add((yield* load(file)).fingerprint)
      yield* written(folder, { ...files, "keys.json": JSON.stringify({ keys: [key] }) })
      assert.strictEqual((yield* load(file)).fingerprint, first, "keys are followed by themselves")
      yield* written(folder, { ...files, "proxy.yaml": `${configuration}listen: { port: 1 }\n` })
      seen.add((yield* load(file)).fingerprint)
      assert.strictEqual(seen.size, 3)
    }).pipe(environment({ UPSTREAM_TOKEN: "t", CBR_TOKEN: "t" }))
  )

  it.effect("that is a named pipe says so, and does not wait for its writer", () =>
    Effect.gen(function* () {
      const pipe = `${yield* temporaryFolder}/pipe`
      execFileSync("mkfifo", [pipe])
      const { message } = yield* Effect.flip(load(pipe))
      assert.strictEqual(
        message,
        `${pipe}: cannot be read: it is a named pipe, to which no process may ever write: name a file`
      )
    })
  )

  it.effect("that is not there says so", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(load("/nowhere/proxy.yaml"))
      assert.strictEqual(
        message,
        "/nowhere/proxy.yaml: cannot be read: there is no such file: correct its name, or create it"
      )
    })
  )
})
