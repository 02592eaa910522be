import { serviceTime } from "@cbr/client"
import { checkTransport, type OpenedTunnel, proxyOf } from "@cbr/client/node"
import { SdkHmacSha256 } from "@cbr/client/signing"
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { withHelp } from "../../args/CommandHelp.ts"
import { connectionFlags } from "../../args/ConnectionFlags.ts"
import * as Environment from "../../args/Environment.ts"
import { resolveTarget } from "../../calls/CallTarget.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { within } from "../../calls/CommandTimeout.ts"
import { probeRef, verifyCredential } from "../../calls/CredentialCheck.ts"
import type { CallSettings } from "../../calls/SettingResolution.ts"
import { exitCodes } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { type Failure } from "../../failures/Failure.ts"
import { en } from "../../messages/en.ts"
import type { Messages } from "../../messages/Messages.ts"
import { compileQuery, printFindings } from "../../output/Printer.ts"
import { withSlowNotice } from "../../terminal/Progress.ts"
import type { Piece } from "../../text/Style.ts"
import { layOutTable } from "../../text/TableLayout.ts"
import type { Diagnostic } from "./Diagnostic.ts"
import { diagnoseNetwork, hostAndPort } from "./NetworkDiagnostics.ts"
import { texts } from "./texts.ts"
import { observeTunnels } from "./TunnelObserver.ts"

/** `cbr doctor`: tests each step of a call, with advice for the one that fails. */
export const doctor = (messages: Messages) =>
  Command.make(
    "doctor",
    connectionFlags(messages),
    Effect.fn("doctor")(function* (given) {
      yield* compileQuery
      const settings = yield* resolveSettings(given)
      const found: Array<Diagnostic> = []
      yield* examine(settings, found).pipe(
        within(settings.timeout, "cbr doctor"),
        withSlowNotice({ what: "cbr doctor", debug: settings.debug }),
        // The steps until then are printed.
        Effect.catch((late) => Effect.sync(() => found.push(ofFailure("call", late))))
      )
      yield* printFindings(
        found.map(({ remedy, message, state, step }) => ({
          step,
          state,
          says: message(en),
          fix: remedy?.(en) ?? null
        })),
        (where) =>
          layOutTable(
            found.map((each) => row(each, messages)),
            where
          )
      )
      const worst = found.find(({ state }) => state === "fail")
      if (worst !== undefined) return yield* new ExitWith({ exitCode: worst.exitCode ?? exitCodes.ConnectionFailed })
    })
  ).pipe(withHelp(messages.pick(texts)))

const row = ({ remedy, message, state, step }: Diagnostic, messages: Messages): ReadonlyArray<Piece> => [
  {
    text: { pass: "✓", fail: "✗", skip: "-" }[state],
    tone: ({ pass: "good", fail: "bad", skip: "faint" } as const)[state]
  },
  { text: messages.pick(texts).steps[step], tone: "strong" },
  remedy === undefined ? message(messages) : `${message(messages)} → ${remedy(messages)}`
]

/** Runs the steps in order, and adds their results to `found`. */
const examine = Effect.fnUntraced(function* (settings: CallSettings, found: Array<Diagnostic>) {
  found.push(yield* signatureTest)
  const located = yield* Effect.result(resolveTarget(probeRef, settings))
  if (Result.isFailure(located)) {
    found.push(ofFailure("settings", located.failure))
    return
  }
  const { addresses, url } = located.success
  found.push({ step: "settings", state: "pass", message: () => url.replace(probeRef.backup_id, "…") })

  // The client uses the same transport, so it is valid.
  const transport = yield* Effect.orDie(Effect.flatMap(Environment.transport, checkTransport))
  const address = new URL(addresses.cbr)
  const reach = yield* diagnoseNetwork(address, transport)
  found.push(...reach)
  if (reach.some(({ state }) => state === "fail")) return
  // The call reuses a connection of the question before it, so tunnels are counted from there.
  const { tunnels } = yield* observeTunnels
  found.push(yield* clock(addresses.cbr))
  const call = yield* Effect.result(verifyCredential(settings))
  found.push(
    Result.isSuccess(call) ? acceptedBy(proxyOf(transport, address), address, tunnels) : ofFailure("call", call.failure)
  )
}, Effect.scoped)

/** The result of a call that the service accepted: it went through the proxy, if there is one, or the proxy was ignored. */
const acceptedBy = (proxy: URL | undefined, address: URL, tunnels: ReadonlyArray<OpenedTunnel>): Diagnostic => {
  if (proxy === undefined) return { step: "call", state: "pass", message: ({ pick }) => pick(texts).accepted }
  const [by, to] = [hostAndPort(proxy), hostAndPort(address)]
  return tunnels.some(({ proxy, target }) => proxy === by && target === to)
    ? { step: "call", state: "pass", message: ({ pick }) => pick(texts).acceptedByProxy(by) }
    : {
        step: "call",
        state: "fail",
        message: ({ pick }) => pick(texts).proxyIgnored(by),
        remedy: ({ pick }) => pick(texts).fixProxyIgnored,
        exitCode: exitCodes.OwnFault
      }
}

const ofFailure = (step: Diagnostic["step"], { exitCode, render }: Failure): Diagnostic => ({
  step,
  state: "fail",
  message: (messages) => render(messages).why,
  remedy: (messages) => render(messages).next.join(" | "),
  exitCode
})

/** Signs a known request, and compares the signature. */
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
    ? ({ step: "signature", state: "pass", message: ({ pick }: Messages) => pick(texts).signatureRight } as const)
    : ({
        step: "signature",
        state: "fail",
        message: ({ pick }: Messages) => pick(texts).signatureWrong,
        exitCode: exitCodes.OwnFault
      } as const)
})

/** The largest skew of a valid signature, in seconds; beyond it the client signs by the service's clock. */
const mostSkew = 15 * 60

/** Compares this machine's clock with the date of any answer of the service. */
const clock = Effect.fnUntraced(function* (origin: string): Effect.fn.Return<Diagnostic, never, HttpClient.HttpClient> {
  const answer = yield* Effect.option(HttpClient.get(`${origin}/`).pipe(Effect.timeout("5 seconds"), Effect.scoped))
  const date = answer._tag === "Some" ? serviceTime(answer.value.headers["date"]) : undefined
  if (date === undefined) return { step: "clock", state: "skip", message: ({ pick }) => pick(texts).noDate }
  // The header has whole seconds, and the answer took time: a skew of one second does not count.
  const off = Math.round((date - (yield* Clock.currentTimeMillis)) / 1000)
  const skew = Math.abs(off) <= 1 ? 0 : off
  return {
    step: "clock",
    state: "pass",
    message: ({ pick }) => pick(texts).skew(skew, Math.abs(skew) > mostSkew)
  }
})
