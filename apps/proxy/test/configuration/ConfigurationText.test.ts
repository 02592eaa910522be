import { assert, describe, it } from "@effect/vitest"
import { Redacted, Result } from "effect"
import { read } from "../../src/configuration/ConfigurationText.ts"
import { overridable } from "../../src/configuration/SettingFacts.ts"

const good = `callers:
  billing:
    keys:
      - sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
    projects: [p]
credentials:
  main: { type: access_key, ak: EXAMPLE, sk_file: sk }
projects:
  p: { region: cn-north-4, credentials: [main] }
`

/** What is wrong, a line each: `LINE:COLUMN SETTING: MESSAGE`. */
const faultsOf = (text: string, overrides: Parameters<typeof read>[1] = []) => {
  const result = read(text, overrides)
  return Result.isSuccess(result)
    ? []
    : result.failure.map(({ message, position, setting }) =>
        [position === undefined ? "-" : `${position.line}:${position.column}`, `${setting}: ${message}`].join(" ")
      )
}

describe("a configuration", () => {
  it("has every default in place", () => {
    const { configuration } = Result.getOrThrow(read(good))
    assert.deepStrictEqual(configuration.listen, {
      host: "127.0.0.1",
      port: 8080,
      reuse_port: false,
      behind_tls: false
    })
    assert.deepStrictEqual(configuration.drain, { serve_seconds: 5, finish_seconds: 25, report_seconds: 10 })
    assert.strictEqual(configuration.cache.fresh_seconds.available, 60)
    assert.deepStrictEqual(configuration.callers["billing"]?.scopes, ["read"])
    assert.strictEqual(configuration.callers["billing"]?.regions, "*")
  })

  it("is read from JSON as from YAML", () => {
    const json = JSON.stringify({
      callers: { billing: { projects: "*" } },
      credentials: { main: { type: "token", token: "t" } },
      projects: { p: { region: "cn-north-4", credentials: ["main"] } }
    })
    assert.strictEqual(Result.getOrThrow(read(json)).configuration.callers["billing"]?.projects, "*")
  })

  it("takes the words no, on and 12:30 for what they are", () => {
    const { configuration } = Result.getOrThrow(read(good.replaceAll("billing", "no").replaceAll("main", "on")))
    assert.deepStrictEqual(Object.keys(configuration.callers), ["no"])
    assert.deepStrictEqual(Object.keys(configuration.credentials), ["on"])
  })

  it("has only an address of Redis that a connection can be made to", () => {
    const refused = (redis: object) => faultsOf(`${good}redis: ${JSON.stringify(redis)}\n`).length
    for (const url of ["redis://h", "rediss://u%40x@h:6380/15", "redis://[::1]:65535", "redis://10.0.0.1/0"]) {
      assert.strictEqual(refused({ url }), 0, url)
    }
    const wrong = ["h:99999", "h:0", "a%zz@h", "a%ff@h", "[:::::]", "h^x", "h?db=1", "?db=1", "h#1", "h%41", "h:"]
    for (const url of wrong) assert.strictEqual(refused({ url: `redis://${url}` }), 1, url)
    assert.strictEqual(refused({ cluster: { nodes: ["h:1", "[::1]:65535"] } }), 0)
    for (const node of ["h:0", "h:65536", "[:::]:1", "h?:1", "h"]) {
      assert.strictEqual(refused({ cluster: { nodes: [node] } }), 1, node)
    }
  })

  it("has only addresses that are URLs, as a start and a reload need them", () => {
    for (const [sections, setting] of [
      ["issuers: { i: { issuer: a, audience: b, jwks_url: 'https://h:PORT/keys' } }", "issuers.i.jwks_url"],
      ["regions: { cn-north-4: { endpoint: 'https://h:PORT' } }", "regions.cn-north-4.endpoint"],
      ["regions: { cn-north-4: { iam_endpoint: 'https://h:PORT' } }", "regions.cn-north-4.iam_endpoint"],
      ["telemetry: { traces_url: 'http://h:PORT/v1/traces' }", "telemetry.traces_url"]
    ] as const) {
      const faults = (port: string) => faultsOf(`${good}${sections.replace("PORT", port)}\n`)
      assert.isEmpty(faults("65535"), setting)
      assert.lengthOf(faults("65536"), 1)
      assert.include(faults("65536")[0], ` ${setting}: expected an`)
    }
  })

  const faults: ReadonlyArray<readonly [string, text: string, fault: string]> = [
    ["an unknown setting", `${good}lisen: {}\n`, "10:1 lisen: unknown setting; did you mean listen?"],
    [
      "an unknown setting within",
      `listen:\n  prot: 1\n${good}`,
      "2:3 listen.prot: unknown setting; did you mean port?"
    ],
    ["a wrong type", `listen: { port: "x" }\n${good}`, "1:11 listen.port: expected a whole number from 0 to 65535"],
    [
      "a number out of bounds",
      `listen: { port: 65536 }\n${good}`,
      "1:11 listen.port: expected a whole number from 0 to 65535"
    ],
    [
      "an unknown scope",
      good.replace("projects: [p]", "projects: [p]\n    scopes: [read, write]"),
      '6:20 callers.billing.scopes.1: expected "read" | "list" | "watch" | "batch" | "bypass" | "purge"'
    ],
    [
      "an address range that is none",
      good.replace("projects: [p]", "projects: [p]\n    addresses:\n      - 10.0.0.0/33"),
      "7:9 callers.billing.addresses.0: expected an address or a range such as 10.0.0.0/8"
    ],
    [
      "a hash that is none",
      good.replace(/sha256: \w+/, "sha256: abc"),
      "4:9 callers.billing.keys.0.sha256: expected a SHA-256 in 64 lower-case hex digits"
    ],
    ["a caller without projects", good.replace("    projects: [p]\n", ""), "2:3 callers.billing.projects: missing"],
    [
      "a project that is not served",
      good.replace("[p]", "[p, q]"),
      "5:19 callers.billing.projects.1: no such project under projects, which has p"
    ],
    [
      "a project that is not served, beside more than five that are",
      good
        .replace("[p]", "[p, q]")
        .replace(/^( +)p: (.*)$/m, (line, indent: string, own: string) =>
          [line, ...["a", "b", "c", "d", "e", "f"].map((id) => `${indent}${id}: ${own}`)].join("\n")
        ),
      "5:19 callers.billing.projects.1: no such project under projects, which has p, a, b, c, d and 2 more"
    ],
    [
      "a credential that is not there",
      good.replace("[main]", "[mian]"),
      "9:42 projects.p.credentials.0: no such name under credentials; did you mean main?"
    ],
    [
      "a class that is not there",
      good.replace("[p]", "[p]\n    class: gold"),
      "6:5 callers.billing.class: no such name under quotas.classes, which has default"
    ],
    [
      "a region that is none",
      good.replace("cn-north-4", "evil.test/"),
      "9:8 projects.p.region: expected a region id such as cn-north-4"
    ],
    [
      "a password of Redis given twice",
      `redis: { url: "redis://redis.example", password_file: pw, password_command: [pass, show] }\n${good}`,
      "1:1 redis: expected at most one of password_file, password_env, password_command, password"
    ],
    [
      "a secret given twice",
      good.replace("sk_file: sk", "sk_file: sk, sk: s"),
      "7:3 credentials.main: expected exactly one of sk_file, sk_env, sk_command, sk"
    ],
    [
      "no secret",
      good.replace(", sk_file: sk", ""),
      "7:3 credentials.main: expected exactly one of sk_file, sk_env, sk_command, sk"
    ],
    [
      "a type of credential that there is none of",
      good.replace("access_key", "magic"),
      "7:3 credentials.main: expected a type: access_key, token, password, environment, chain or agency"
    ],
    [
      "a caller's name with a space",
      good.replace("billing", "bill ing"),
      "2:3 callers.bill ing: expected a name of 1 to 64 letters, digits, . _ or -"
    ],
    [
      "an endpoint with a path",
      `regions: { cn-north-4: { endpoint: "https://a/b" } }\n${good}`,
      "1:26 regions.cn-north-4.endpoint: expected an address without a path, such as https://cbr.cn-north-4.myhuaweicloud.com"
    ],
    [
      "a setting twice",
      `${good}callers: {}\n`,
      "10:1 : the name callers stands twice in its section: keep one of them"
    ],
    [
      "two callers with one key",
      good.replace(
        "credentials:\n",
        `  other:\n    keys: [{ sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad }]\n    projects: [p]\ncredentials:\n`
      ),
      "7:14 callers.other.keys.0.sha256: this key is listed twice"
    ],
    [
      "a token of an issuer that is not there",
      good.replace("[p]", "[p]\n    tokens: [{ issuer: none, sub: s }]"),
      "6:16 callers.billing.tokens.0.issuer: no such name under issuers"
    ],
    [
      "an issuer whose keys come in the clear",
      `issuers: { i: { issuer: i, audience: a, algorithms: [RS256], jwks_url: "http://i.test/jwks" } }\n${good}`,
      "1:62 issuers.i.jwks_url: expected an https address, such as https://issuer.example/jwks.json"
    ],
    [
      "two issuers of one name",
      `issuers:
  one: { issuer: "https://i.test", audience: a, jwks_url: "https://i.test/jwks" }
  two: { issuer: "https://i.test", audience: b, jwks_url: "https://i.test/jwks" }
${good}`,
      "3:10 issuers.two.issuer: issuers.one has the same issuer: keep one of them"
    ],
    [
      "an access key of two callers",
      good.replace("[p]", "[p]\n    access_keys: [{ ak: EXAMPLEKEY000001, sk: a }, { ak: EXAMPLEKEY000001, sk: b }]"),
      "6:54 callers.billing.access_keys.1.ak: this access key is listed twice"
    ],
    [
      "a command that is none",
      good.replace("sk_file: sk", "sk_command: []"),
      "7:42 credentials.main.sk_command: expected a program and its arguments"
    ],
    [
      "an agency that no credential assumes",
      good.replace("projects:\n  p", "  role: { type: agency, agency: a, domain: d, of: mian }\nprojects:\n  p"),
      "8:47 credentials.role.of: no such name under credentials; did you mean main?"
    ],
    [
      "an agency of an agency",
      good.replace(
        "projects:\n  p",
        "  one: { type: agency, agency: a, domain: d, of: main }\n  two: { type: agency, agency: a, domain: d, of: one }\nprojects:\n  p"
      ),
      "9:46 credentials.two.of: an agency cannot be assumed by another agency"
    ],
    [
      "an unknown patience with a region",
      `regions: { cn-north-4: { upstream: { retrys: 1 } } }\n${good}`,
      "1:38 regions.cn-north-4.upstream.retrys: unknown setting; did you mean retries?"
    ],
    [
      "a patience out of bounds",
      `upstream: { circuit_open_seconds: 0 }\n${good}`,
      "1:13 upstream.circuit_open_seconds: expected a whole number from 1 to 300"
    ],
    [
      "a region to sign for that is none",
      `signatures: { derived_regions: [cn-north-4, "a/b"] }\n${good}`,
      "1:45 signatures.derived_regions.1: expected a region id such as cn-north-4"
    ],
    [
      "a number that is none, of which one fault is enough",
      `listen: { port: .nan }\n${good}`,
      "1:11 listen.port: expected a whole number from 0 to 65535"
    ],
    [
      "a duration with its unit",
      `upstream: { call_timeout_ms: 10s }\n${good}`,
      "1:13 upstream.call_timeout_ms: expected a whole number from 1 to 60000"
    ],
    [
      "a number in place of a text",
      `listen: { host: 0x7f }\n${good}`,
      "1:11 listen.host: expected a text: a number, or a word such as true, stands in quotes"
    ],
    ["the word yes, which YAML 1.2 has as a text", `board: yes\n${good}`, "1:1 board: expected true or false"],
    [
      "a name in place of a list",
      good.replace("[main]", "main"),
      "9:28 projects.p.credentials: expected a list, such as [a, b]"
    ],
    [
      "a section without settings",
      `redis:\n${good}`,
      "1:1 redis: expected settings under this name; without any, take the name out"
    ],
    [
      "a scope that is nearly one",
      good.replace("projects: [p]", "projects: [p]\n    scopes: [raed]"),
      '6:14 callers.billing.scopes.0: expected "read" | "list" | "watch" | "batch" | "bypass" | "purge"; did you mean read?'
    ],
    ["a merge", `<<: { board: true }\n${good}`, "1:1 : YAML 1.2 merges no settings: write them out here"],
    ["a list for a name", `? [a]\n: 1\n${good}`, "1:3 : a name of a setting is one word"],
    ["a tab", `listen:\n\tport: 1\n${good}`, "2:1 : a tab stands before the name: use spaces"],
    ["a second document", `${good}---\nlisten: {}\n`, "10:1 : a second document begins here: take the line --- out"],
    ["no settings at all", "", "1:1 : expected settings, such as `callers:`"],
    ["a list", "- a\n", "1:1 : expected settings, such as `callers:`"]
  ]

  it.each(faults)("with %s is refused, with line and column", (_, text, fault) => {
    assert.deepStrictEqual(faultsOf(text), [fault])
  })

  it("is refused with all of its faults at once", () => {
    assert.deepStrictEqual(faultsOf(`lisen: {}\nadmin: { prot: 1 }\n${good}`), [
      "1:1 lisen: unknown setting; did you mean listen?",
      "2:10 admin.prot: unknown setting; did you mean port?"
    ])
  })

  it("tells a section's wrong name together with what is wrong in the other sections", () => {
    const text = good.replace("callers:", "calers:").replace("[main]", "[mian]").replace("cn-north-4", "cn-nroth-4")
    const faults = faultsOf(text)
    assert.include(faults.join("\n"), "calers: unknown setting; did you mean callers?")
    assert.include(faults.join("\n"), "callers: missing")
    assert.include(faults.join("\n"), "projects.p.region: no address is known of the region cn-nroth-4")
    assert.include(faults.join("\n"), "projects.p.credentials.0: no such name under credentials; did you mean main?")
    assert.lengthOf(faults, 4)
  })

  it("a section that is missing is the one fault of the names that should stand in it", () => {
    const faults = faultsOf(good.replace("credentials:\n", "credentals:\n"))
    assert.deepStrictEqual(
      faults.map((fault) => fault.replace(/^\S+ /, "")),
      ["credentals: unknown setting; did you mean credentials?", "credentials: missing"]
    )
  })

  it("names the type of a credential that was probably meant", () => {
    const text = good.replace(/type: \w+/, "type: acces_key")
    assert.include(faultsOf(text).join("\n"), "or agency; did you mean access_key?")
  })

  it("that aliases blow up is refused", () => {
    const bomb = Array.from({ length: 9 }, (_, n) =>
      n === 0
        ? "a0: &a0 [x]"
        : `a${n}: &a${n} [${Array(9)
            .fill(`*a${n - 1}`)
            .join(", ")}]`
    ).join("\n")
    assert.match(faultsOf(bomb)[0] ?? "", /alias/i)
  })

  it("shows no secret, whatever is wrong beside it", () => {
    const canary = "Canary-3d1c"
    const secret = good.replace("sk_file: sk", `sk: ${canary}`)
    const texts = [
      secret,
      `lisen: {}\n${secret}`,
      secret.replace("sk: ", "sk_file: x, sk: "),
      secret.replace("sk: ", "skk: "),
      secret.replace("access_key", "magic"),
      secret.replace(canary, `{ ${canary}: 1 }`),
      secret.replace(canary, `[${canary}`)
    ]
    for (const text of texts) assert.notInclude(JSON.stringify(read(text)), canary)
  })

  it("keeps a secret's text to itself", () => {
    const { configuration } = Result.getOrThrow(read(good.replace("sk_file: sk", "sk: s3cret")))
    const main = configuration.credentials["main"]
    assert.isTrue(main?.type === "access_key" && main.sk !== undefined && Redacted.value(main.sk) === "s3cret")
    assert.notInclude(JSON.stringify(configuration), "s3cret")
  })
})

describe("a secret that is not quoted and begins with a character of YAML", () => {
  it.each(["*", "!", "!!", "!x!", "!<", "&", "%", "@", "`", "|", ">", "? ", "- ", "'", '"', "{", "[", "*a: "])(
    "as %s is told of by where it stands, and not quoted",
    (start) => {
      const faults = faultsOf(good.replace("sk_file: sk }", `sk_file: sk }\n  other:\n    token: ${start}Canary`))
      assert.isNotEmpty(faults)
      for (const fault of faults) {
        assert.match(fault, /^\d+:\d+ /)
        assert.notInclude(fault, "Canary")
      }
    }
  )
})

it("a secret that is taken for a name, for want of a space, is not quoted", () => {
  assert.deepStrictEqual(faultsOf(good.replace("sk_file: sk", "sk:Canary")), [
    "7:42 credentials.main.sk:…: unknown setting"
  ])
})

describe("an override", () => {
  const override = (variable: string, text: string) => {
    const { parse, path } = overridable.find((setting) => setting.variable === variable)!
    return { path, variable, value: parse(text) }
  }

  it("goes before the file, and makes a group that the file has not", () => {
    const { configuration } = Result.getOrThrow(
      read(`listen: { port: 1 }\n${good}`, [
        override("CBR_PROXY_LISTEN_PORT", "9"),
        override("CBR_PROXY_LISTEN_BEHIND_TLS", "true"),
        override("CBR_PROXY_CACHE_FRESH_SECONDS_AVAILABLE", "7"),
        override("CBR_PROXY_LISTEN_HOST", "12")
      ])
    )
    assert.strictEqual(configuration.listen.port, 9)
    assert.isTrue(configuration.listen.behind_tls)
    assert.strictEqual(configuration.listen.host, "12")
    assert.strictEqual(configuration.cache.fresh_seconds.available, 7)
    assert.strictEqual(configuration.cache.fresh_seconds.error, 30)
  })

  it("with a wrong value is refused by the variable's name", () => {
    assert.deepStrictEqual(faultsOf(good, [override("CBR_PROXY_LISTEN_PORT", "0x1f")]), [
      "- listen.port: expected a whole number from 0 to 65535 (from CBR_PROXY_LISTEN_PORT)"
    ])
  })

  it("has a name of its own for each setting", () => {
    const names = overridable.map(({ variable }) => variable)
    assert.strictEqual(new Set(names).size, names.length)
    assert.includeMembers(names, ["CBR_PROXY_ADMIN_PORT", "CBR_PROXY_TELEMETRY_TRACES_URL", "CBR_PROXY_KEYS_FILE"])
  })
})
