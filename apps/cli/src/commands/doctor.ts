import { lookup } from "node:dns/promises"
import { connect as connectTcp } from "node:net"
import { connect as connectTls } from "node:tls"
import { SdkHmacSha256 } from "@cbr/client/signing"
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { locate } from "../Connection.ts"
import { Ended, type Failure } from "../Failure.ts"
import { en } from "../messages/en.ts"
import type { Messages } from "../messages/Messages.ts"
import { laidOut } from "../output/Layout.ts"
import type { Piece } from "../output/Paint.ts"
import { printFindings } from "../Printing.ts"
import * as Settings from "../Settings.ts"
import { settingsInUse } from "../SettingsInUse.ts"
import { nobody, proved } from "./whoami.ts"

/** Exit codes of a step that fails, where no error of the core tells another. */
const network = 8
const refused = 4
const ownFault = 1

/** What there is to say, in the language of whoever is told. */
type Say = (messages: Messages) => string

/** What one look found. */
interface Examined {
  readonly step: keyof Messages["doctor"]["steps"]
  readonly state: "pass" | "fail" | "skip"
  readonly says: Say
  /** What to do about it. */
  readonly fix?: Say
  readonly exitCode?: number
}

/** `cbr doctor`: everything between here and an answer, step by step, each with what to do. */
export const doctor = (messages: Messages) =>
  Command.make(
    "doctor",
    Settings.connectionFlags(messages),
    Effect.fn("doctor")(function* (given) {
      const settings = yield* settingsInUse(given)
      const found = yield* examine(settings)
      yield* printFindings(
        found.map(({ fix, says, state, step }) => ({ step, state, says: says(en), fix: fix?.(en) ?? null })),
        (where) =>
          laidOut(
            found.map((each) => row(each, messages)),
            where
          )
      )
      const worst = found.find(({ state }) => state === "fail")
      if (worst !== undefined) return yield* new Ended({ exitCode: worst.exitCode ?? network })
    })
  ).pipe(
    Command.withDescription(messages.commands.doctor.long),
    Command.withShortDescription(messages.commands.doctor.short),
    Command.withExamples(messages.commands.doctor.examples)
  )

const row = ({ fix, says, state, step }: Examined, messages: Messages): ReadonlyArray<Piece> => [
  {
    text: { pass: "✓", fail: "✗", skip: "-" }[state],
    tone: ({ pass: "good", fail: "bad", skip: "faint" } as const)[state]
  },
  { text: messages.doctor.steps[step], tone: "strong" },
  fix === undefined ? says(messages) : `${says(messages)} → ${fix(messages)}`
]

const examine = Effect.fnUntraced(function* (settings: Settings.Settings) {
  const found: Array<Examined> = [yield* signatureTest]
  const located = yield* Effect.result(locate(nobody, settings))
  if (Result.isFailure(located)) return [...found, ofFailure("settings", located.failure)]
  const { addresses, url } = located.success
  found.push({ step: "settings", state: "pass", says: () => url.replace(nobody.backup_id, "…") })

  const { httpsProxy } = yield* Settings.transport
  found.push({
    step: "proxy",
    state: httpsProxy === undefined ? "pass" : "skip",
    says: ({ doctor }) => (httpsProxy === undefined ? doctor.noProxy : doctor.proxyUsed)
  })
  const address = new URL(addresses.cbr)
  const reach = yield* reaching(address)
  found.push(...reach)
  if (reach.some(({ state }) => state === "fail")) return found
  found.push(yield* clock(addresses.cbr))
  const call = yield* Effect.result(proved(settings))
  found.push(
    Result.isSuccess(call)
      ? { step: "call", state: "pass", says: ({ doctor }) => doctor.accepted }
      : ofFailure("call", call.failure)
  )
  return found
})

const ofFailure = (step: Examined["step"], { exitCode, tell }: Failure): Examined => ({
  step,
  state: "fail",
  says: (messages) => tell(messages).why,
  fix: (messages) => tell(messages).next.join(" | "),
  exitCode
})

/** A request whose signature is known by heart: that this machine computes it right. */
const signatureTest = Effect.gen(function* () {
  const signed = yield* SdkHmacSha256.sign(
    {
      method: "GET",
      path: "/v3/4229d7a45436489f8c3dc2b1d35d4987/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d",
      query: "",
      headers: { host: "cbr.cn-north-4.myhuaweicloud.com" }
    },
    {
      accessKey: { ak: "EXAMPLEACCESSKEY0001", sk: Redacted.make("exampleSecretKeyForTestsOnly000000000001") },
      date: DateTime.makeUnsafe("2026-01-02T03:04:05Z")
    }
  )
  const isRight = signed["authorization"]?.endsWith("1f2029766d300c43002bb17baa2a5282c9fca66fd0edf792d6925ee6bd8e14d2")
  return isRight === true
    ? ({ step: "signature", state: "pass", says: ({ doctor }: Messages) => doctor.signatureRight } as const)
    : ({
        step: "signature",
        state: "fail",
        says: ({ doctor }: Messages) => doctor.signatureWrong,
        exitCode: ownFault
      } as const)
})

/** DNS, TCP and TLS, one after the other; what comes after a failure is skipped. */
const reaching = Effect.fnUntraced(function* (address: URL): Effect.fn.Return<ReadonlyArray<Examined>> {
  const host = address.hostname.replace(/^\[|\]$/g, "")
  const isTls = address.protocol === "https:"
  const port = Number(address.port) || (isTls ? 443 : 80)
  const steps: ReadonlyArray<readonly ["dns" | "tcp" | "tls", Say, Effect.Effect<string, string>]> = [
    ["dns", ({ doctor }) => doctor.fixDns, attempt(async () => (await lookup(host)).address)],
    [
      "tcp",
      ({ doctor }) => doctor.fixTcp,
      opened(
        () => connectTcp({ host, port }),
        "connect",
        () => `${host}:${port}`
      )
    ],
    ...(isTls
      ? [
          [
            "tls",
            ({ doctor }: Messages) => doctor.fixTls,
            opened(
              () => connectTls({ host, port, servername: host }),
              "secureConnect",
              () => "TLS"
            )
          ] as const
        ]
      : [])
  ]
  const found: Array<Examined> = []
  for (const [step, fix, look] of steps) {
    const result = yield* Effect.result(look)
    if (Result.isFailure(result)) {
      return [...found, { step, state: "fail", says: () => result.failure, fix, exitCode: network }]
    }
    found.push({ step, state: "pass", says: () => result.success })
  }
  return isTls ? found : [...found, { step: "tls", state: "skip", says: ({ doctor }) => doctor.plainHttp }]
})

const attempt = (look: () => Promise<string>): Effect.Effect<string, string> =>
  Effect.tryPromise({ try: look, catch: reason }).pipe(
    Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => Effect.fail("ETIMEDOUT") })
  )

const opened = (open: () => ReturnType<typeof connectTcp>, event: string, says: () => string) =>
  attempt(
    () =>
      new Promise((resolve, reject) => {
        const socket = open()
        socket.setTimeout(5000, () => socket.destroy(new Error("ETIMEDOUT")))
        socket.once("error", reject)
        socket.once(event, () => {
          resolve(says())
          socket.destroy()
        })
      })
  )

const reason = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)

/** The service takes no signature that is more than a quarter of an hour off. */
const mostSkew = 15 * 60

/** How far this machine's clock is from the service's, by the date of any answer of its own. */
const clock = Effect.fnUntraced(function* (origin: string): Effect.fn.Return<Examined, never, HttpClient.HttpClient> {
  const answer = yield* Effect.option(HttpClient.get(`${origin}/`).pipe(Effect.timeout("5 seconds"), Effect.scoped))
  const date = answer._tag === "Some" ? Date.parse(answer.value.headers["date"] ?? "") : Number.NaN
  if (Number.isNaN(date)) return { step: "clock", state: "skip", says: ({ doctor }) => doctor.noDate }
  const skew = Math.round((date - (yield* Clock.currentTimeMillis)) / 1000)
  const says: Say = ({ doctor }) => doctor.skew(skew)
  return Math.abs(skew) > mostSkew
    ? { step: "clock", state: "fail", says, fix: ({ doctor }) => doctor.fixClock, exitCode: refused }
    : { step: "clock", state: "pass", says }
})
