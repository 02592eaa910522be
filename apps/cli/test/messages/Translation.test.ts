import { omitUndefined } from "@cbr/domain"
import { layer as simulatorLayer, type ReservedFaultName, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commands } from "../../src/commands/registry.ts"
import { commandLine, withAccessKey } from "../CommandLine.ts"

/** Four English words in a row are a sentence that was not translated. */
const english = /[A-Za-z]*[a-z](?: [a-z]{2,}){3,}/g

/** The service's own words, which stay as they came. */
const ownWords = [
  /Incorrect IAM authentication information[^\n;|]*/g,
  /verify (?:aksk|sk) [^\n;|]*/g,
  /(?:服务|IAM |代理)返回 \d+，[^\n;|；]*/g,
  /The destination vault has no capacity left\./g,
  /nightly, whole server/g
]

const fixed = (text: string) =>
  text.replaceAll(
    /\b\d+(?:\.\d+)? ?m?s\b|\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z| UTC)|\b\d{8}T\d{6}Z|\b[0-9a-f]{32}\b|"elapsed_ms": ?\d+|age=\d+s?/g,
    "…"
  )

layer(simulatorLayer(), { excludeTestServices: true })("a command line in two languages", (it) => {
  const { example } = { example: "6df2b54c-dd62-4059-a07c-1b8f24f2725d" }
  const nowhere = ["--endpoint", "http://127.0.0.1:1", "--retries", "0"]
  const saved = (backup: unknown) => JSON.stringify({ backup })
  const later = "2999-01-01T00:00:00"

  interface Line {
    readonly words: ReadonlyArray<string>
    readonly stdin?: string
    readonly env?: Record<string, string>
    readonly bare?: true
  }

  const line = (text: string, more: Omit<Line, "words"> = {}): Line => ({ words: text.split(" "), ...more })
  const rules =
    "--max-age 24h --warn-age 20h --replicated cn-south-1 --replicated-within 6h --restorable --encrypted --multi-az --not-expiring-within 7d --min-children 1 --children-whole --of-resource x --status available"

  const lines: ReadonlyArray<Line> = [
    ...Object.keys(commands).map((name) => line(`${name} --help`)),
    ...["exit-codes", "environment", "output", "auth", "verdict"].map((topic) => line(`help ${topic}`)),
    line("explain"),
    line("explain status"),
    line("explain no-such-thing"),
    line(`show ${example} -o table`),
    line("show --from - -o table --strict", { stdin: saved({ resource_size: "40", status: "odd", new: [1, 2] }) }),
    line("drift --from -", {
      stdin: saved({ resource_size: "40", created_at: 1, status: "odd", new: [1, 2], children: 1e300 })
    }),
    line("drift --from -", { stdin: saved({ status: "available" }) }),
    line("show --from - -o table", { stdin: "" }),
    line("show --from - -o table", { stdin: "<html>" }),
    line("show --from - -o table", { stdin: "[]" }),
    line("show --from - -o table", { stdin: "[".repeat(3000) }),
    line("show --from /nowhere"),
    line("show --from /tmp"),
    line("show no-id"),
    line("show"),
    line("show --frm x"),
    line("show --timeout soon x"),
    line("show --retries -1 x"),
    line("nosuch"),
    line("check x --max-age 24"),
    line("check x"),
    line(`check --from - ${rules}`, { stdin: saved({}) }),
    line(`check --from - ${rules}`, {
      stdin: saved({ status: "available", created_at: later, expired_at: later, replication_records: [], children: [] })
    }),
    line(`check --from - ${rules}`, {
      stdin: saved({
        status: "error",
        protected_at: "2020-01-01T00:00:00",
        expired_at: "2020-01-02T00:00:00Z",
        replication_records: [{ destination_region: "cn-south-1", status: "replicating" }],
        children: [{ status: "available" }, { status: "error" }],
        extend_info: { supported_restore_mode: "na" }
      })
    }),
    line(`check ${example} --policy /nowhere`),
    line(`check ${example} --policy -`, { stdin: "max-age: 3\nnone: 1\nstatus: odd" }),
    line(`check ${example} fa000000-0000-4000-8000-000000000404 --status available`),
    line("wait --from - --for status=available", { stdin: saved({ status: "error" }) }),
    line("wait --from - --for status=available", { stdin: saved({ status: "protecting" }) }),
    line("wait --from - --for children=available", { stdin: saved({ children: [{ status: "deleting" }] }) }),
    line("wait --from - --for replicated=cn-south-1", {
      stdin: saved({ replication_records: [{ destination_region: "cn-south-1", status: "skip" }] })
    }),
    ...["status=nope", "nope", "replicated", "restorable=x", "children", "query=a[", "status=available"].map(
      (condition) => line(`wait --from - --for ${condition}`, { stdin: saved({ status: "available" }) })
    ),
    line(`wait ${example} --for deleted --for status=error`),
    line(`wait ${example} --for status=protecting --timeout 1s --no-fail-fast --interval 10ms`),
    line(`wait fa000000-0000-4000-8000-000000000404 --for deleted --interval 10ms`),
    line(`wait fa000000-0000-4000-8000-000000000404 --for status=available`),
    line(`diff ${example} ${example}`),
    line(`show ${example} --query a[`),
    line("whoami"),
    line("whoami --verify"),
    line("whoami --region nowhere-1"),
    line("doctor"),
    line(`doctor ${nowhere.join(" ")}`),
    line("doctor", { bare: true }),
    line("doctor --region cn-north-4", { bare: true }),
    line(`show ${example}`, { bare: true }),
    line(`show ${example} --region cn-nowhere-9 --project-id p`, { bare: true }),
    line(`show ${example} --region NO`, { bare: true }),
    line(`show ${example} --endpoint ftp://x`, { bare: true }),
    line(`show ${example}`, { bare: true, env: { HUAWEICLOUD_SDK_AK: "AK" } }),
    line(`show ${example}`, { bare: true, env: { CBR_PROFILE: "work" } }),
    line(`show ${example} ${nowhere.join(" ")}`),
    line(`show ${example} --endpoint http://cbr.nowhere.invalid --retries 0`),
    line(`show ${example} --dry-run`),
    line("show https://evil.example/v3/p/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d"),
    line("show FAULT:unavailable --debug --retries 1"),
    line("profiles"),
    line("configure work"),
    line("simulate -- /no/such/program"),
    ...(
      [
        "signature_refused",
        "forbidden",
        "not_found",
        "rate_limited",
        "server_error",
        "redirect",
        "malformed_json",
        "empty",
        "gzip",
        "too_large",
        "reset",
        "stall_mid_body"
      ] satisfies ReadonlyArray<ReservedFaultName>
    ).map((fault) => line(`show FAULT:${fault} --retries 0 --timeout ${fault === "stall_mid_body" ? "1s" : "20s"}`))
  ]

  const run = Effect.fnUntraced(function* ({ bare, env = {}, stdin, words }: Line, ...more: ReadonlyArray<string>) {
    const { faults } = yield* Simulator
    const named = words.map((word) =>
      word.startsWith("FAULT:") ? faults[word.slice("FAULT:".length) as ReservedFaultName] : word
    )
    const end = named.indexOf("--")
    const all = end < 0 ? [...named, ...more] : [...named.slice(0, end), ...more, ...named.slice(end)]
    return yield* commandLine(all, {
      env: { ...(bare ? {} : yield* withAccessKey), ...env },
      ...omitUndefined({ stdin })
    })
  })

  it.effect.each(
    lines.map((each) => ({ ...each, title: `${each.words.join(" ")}${each.bare ? ", nothing set" : ""}` }))
  )("says everything in the language that is asked for: $title", (each) =>
    Effect.gen(function* () {
      const zh = yield* run(each, "--lang", "zh")
      const told = ownWords.reduce((text, words) => text.replaceAll(words, "…"), `${zh.out}\n${zh.err}`)
      // A label with its flag in English beside it is no sentence; examples are code.
      assert.deepStrictEqual(told.replaceAll(/^.*(?:cbr |https?:\/\/).*$/gm, "").match(english) ?? [], [])
      const en = yield* run(each, "--lang", "en")
      assert.notMatch(`${en.out}\n${en.err}`, /\p{Script=Han}/u)
      assert.strictEqual(zh.exitCode, en.exitCode)
    })
  )

  it.effect(
    "a command line prints the same data in each, failures included",
    () =>
      Effect.gen(function* () {
        for (const each of lines) {
          const { words } = each
          if (words.includes("--help") || words.includes("-o") || ["help", "nosuch"].includes(words[0] ?? "")) continue
          const [zh, en] = yield* Effect.all([
            run(each, "--lang", "zh", "-o", "json"),
            run(each, "--lang", "en", "-o", "json")
          ])
          const where = words.join(" ")
          assert.strictEqual(fixed(zh.out), fixed(en.out), where)
          // What is not the error itself is said to a reader.
          const errors = ({ err }: typeof zh) =>
            fixed(
              err
                .split("\n")
                .filter((text) => text.startsWith("{"))
                .join("\n")
            )
          assert.strictEqual(errors(zh), errors(en), where)
        }
      }),
    // Some hundred command lines, one after the other.
    60_000
  )
})
