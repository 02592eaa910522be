import { serviceTime } from "@cbr/client"
import { checkTransport } from "@cbr/client/node"
import { SdkHmacSha256 } from "@cbr/client/signing"
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { within } from "../CommandTimeout.ts"
import { locate } from "../Connection.ts"
import type { Examined } from "../Examined.ts"
import { exitCodes } from "../ExitCodes.ts"
import { Ended, type Failure } from "../Failure.ts"
import { en } from "../messages/en.ts"
import type { Messages } from "../messages/Messages.ts"
import { laidOut } from "../output/Layout.ts"
import type { Piece } from "../output/Paint.ts"
import type { CallSettings } from "../Precedence.ts"
import { printFindings, selection } from "../Printing.ts"
import { tellingSlow } from "../Progress.ts"
import { reaching } from "../Reaching.ts"
import * as Settings from "../Settings.ts"
import { settingsInUse } from "../SettingsInUse.ts"
import { nobody, proved } from "./whoami.ts"

/** `cbr doctor`: everything between here and an answer, step by step, each with what to do. */
export const doctor = (messages: Messages) =>
  Command.make(
    "doctor",
    Settings.connectionFlags(messages),
    Effect.fn("doctor")(function* (given) {
      yield* selection
      const settings = yield* settingsInUse(given)
      const found: Array<Examined> = []
      yield* examine(settings, found).pipe(
        within(settings.timeout, "cbr doctor"),
        tellingSlow({ what: "cbr doctor", debug: settings.debug }),
        // What has been found by then is told.
        Effect.catch((late) => Effect.sync(() => found.push(ofFailure("call", late))))
      )
      yield* printFindings(
        found.map(({ fix, says, state, step }) => ({ step, state, says: says(en), fix: fix?.(en) ?? null })),
        (where) =>
          laidOut(
            found.map((each) => row(each, messages)),
            where
          )
      )
      const worst = found.find(({ state }) => state === "fail")
      if (worst !== undefined) return yield* new Ended({ exitCode: worst.exitCode ?? exitCodes.ConnectionFailed })
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

/** Looks at one thing after the other, and adds what it finds. */
const examine = Effect.fnUntraced(function* (settings: CallSettings, found: Array<Examined>) {
  found.push(yield* signatureTest)
  const located = yield* Effect.result(locate(nobody, settings))
  if (Result.isFailure(located)) {
    found.push(ofFailure("settings", located.failure))
    return
  }
  const { addresses, url } = located.success
  found.push({ step: "settings", state: "pass", says: () => url.replace(nobody.backup_id, "…") })

  // The client was set up with the same, so it can be used.
  const reach = yield* reaching(
    new URL(addresses.cbr),
    yield* Effect.orDie(Effect.flatMap(Settings.transport, checkTransport))
  )
  found.push(...reach)
  if (reach.some(({ state }) => state === "fail")) return
  found.push(yield* clock(addresses.cbr))
  const call = yield* Effect.result(proved(settings))
  found.push(
    Result.isSuccess(call)
      ? { step: "call", state: "pass", says: ({ doctor }) => doctor.accepted }
      : ofFailure("call", call.failure)
  )
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
        exitCode: exitCodes.OwnFault
      } as const)
})

/** The service takes no signature that is more than a quarter of an hour off: the client then signs by the service's clock. */
const mostSkew = 15 * 60

/** How far this machine's clock is from the service's, by the date of any answer of its own. */
const clock = Effect.fnUntraced(function* (origin: string): Effect.fn.Return<Examined, never, HttpClient.HttpClient> {
  const answer = yield* Effect.option(HttpClient.get(`${origin}/`).pipe(Effect.timeout("5 seconds"), Effect.scoped))
  const date = answer._tag === "Some" ? serviceTime(answer.value.headers["date"]) : undefined
  if (date === undefined) return { step: "clock", state: "skip", says: ({ doctor }) => doctor.noDate }
  // The field names the second in which the answer was made, and it was on its way since: a second is no difference.
  const off = Math.round((date - (yield* Clock.currentTimeMillis)) / 1000)
  const skew = Math.abs(off) <= 1 ? 0 : off
  return {
    step: "clock",
    state: "pass",
    says: ({ doctor }) => doctor.skew(skew, Math.abs(skew) > mostSkew)
  }
})
