import { lookup } from "node:dns/promises"
import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { connect as connectTcp, isIP, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { type CheckedSettings, proxyOf } from "@cbr/client/node"
import { omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { exitCodes } from "../../exit/ExitCodes.ts"
import type { Diagnostic, Localized } from "./Diagnostic.ts"
import { texts } from "./texts.ts"

/** Time limit of a step, in milliseconds. */
const timeout = 5000

/** One step of the connection, with its probe. */
interface Step {
  readonly step: "dns" | "tcp" | "tunnel" | "tls"
  readonly remedy: Localized
  readonly probe: (signal: AbortSignal) => Promise<string>
}

/**
 * Diagnoses the connection to an address, step by step: name, port, tunnel of a proxy, TLS. It ends at the first
 * failure.
 */
export const diagnoseNetwork = Effect.fnUntraced(function* (
  address: URL,
  settings: CheckedSettings
): Effect.fn.Return<ReadonlyArray<Diagnostic>> {
  const proxy = proxyOf(settings, address)
  const found: Array<Diagnostic> = [diagnoseProxy(proxy, settings)]
  for (const { remedy, probe, step } of stepsTo(address, proxy, settings)) {
    const result = yield* Effect.result(attempt(probe))
    if (Result.isFailure(result)) {
      return [
        ...found,
        { step, state: "fail", message: () => result.failure, remedy, exitCode: exitCodes.ConnectionFailed }
      ]
    }
    found.push({ step, state: "pass", message: () => result.success })
  }
  return isTls(address)
    ? found
    : [...found, { step: "tls", state: "skip", message: ({ pick }) => pick(texts).plainHttp }]
})

const diagnoseProxy = (proxy: URL | undefined, { httpsProxy }: CheckedSettings): Diagnostic => ({
  step: "proxy",
  state: "pass",
  // The address may hold a password, so only its host is shown.
  message: ({ pick }) =>
    proxy === undefined
      ? httpsProxy === undefined
        ? pick(texts).noProxy
        : pick(texts).proxyPassed
      : pick(texts).proxyUsed(hostAndPort(proxy))
})

const stepsTo = (address: URL, proxy: URL | undefined, { ca }: CheckedSettings): ReadonlyArray<Step> => {
  const first = proxy ?? address
  const [host, port] = [hostOf(first), portOf(first)]
  const opened = (signal: AbortSignal) =>
    proxy === undefined
      ? Promise.resolve(connectTcp({ host, port, signal }))
      : tunnel(proxy, hostAndPort(address), ca, signal)
  return [
    {
      step: "dns",
      remedy: ({ pick }) => (proxy === undefined ? pick(texts).fixDns : pick(texts).fixProxyDns),
      probe: async () => (await lookup(host)).address
    },
    {
      step: "tcp",
      remedy: ({ pick }) => (proxy === undefined ? pick(texts).fixTcp : pick(texts).fixProxyTcp),
      probe: async (signal) => {
        await once(connectTcp({ host, port, signal }), "connect")
        return `${host}:${port}`
      }
    },
    ...(proxy === undefined
      ? []
      : [
          {
            step: "tunnel" as const,
            remedy: ({ pick }) => pick(texts).fixTunnel,
            probe: async (signal) => {
              ;(await opened(signal)).destroy()
              return hostAndPort(address)
            }
          } satisfies Step
        ]),
    ...(isTls(address)
      ? [
          {
            step: "tls" as const,
            remedy: ({ pick }) => pick(texts).fixTls,
            probe: async (signal) => {
              const socket = await opened(signal)
              signal.addEventListener("abort", () => socket.destroy())
              await once(connectTls({ socket, ...nameOf(address), ...omitUndefined({ ca }) }), "secureConnect")
              return "TLS"
            }
          } satisfies Step
        ]
      : [])
  ]
}

const isTls = ({ protocol }: URL): boolean => protocol === "https:"

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "")

/** Host and port of an address, as a tunnel to it names them. */
export const hostAndPort = (address: URL): string => `${address.hostname}:${portOf(address)}`

const portOf = (address: URL): number => Number(address.port) || (isTls(address) ? 443 : 80)

/** A certificate is requested by name, never by IP address. */
const nameOf = (address: URL) =>
  isIP(hostOf(address)) === 0 ? { servername: hostOf(address) } : { host: hostOf(address) }

/** Opens a tunnel through a proxy, as calls do. */
const tunnel = (proxy: URL, target: string, ca: Array<string> | undefined, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const request = isTls(proxy) ? requestHttps : requestHttp
    const { password, username } = proxy
    const words = [username, password].map(decodeURIComponent).join(":")
    request({
      host: hostOf(proxy),
      port: portOf(proxy),
      method: "CONNECT",
      path: target,
      headers: { host: target, ...(words === ":" ? {} : { "proxy-authorization": basic(words) }) },
      signal,
      // The connection is not shared.
      agent: false,
      ...omitUndefined({ ca })
    })
      .once("connect", ({ statusCode = 0 }, socket) => {
        if (statusCode === 200) return resolve(socket)
        socket.destroy()
        reject(new Error(`${statusCode}`))
      })
      .once("error", reject)
      .end()
  })

const basic = (words: string): string => `Basic ${Buffer.from(words).toString("base64")}`

/** Waits until a socket is open, and closes it. */
const once = (socket: Socket, event: "connect" | "secureConnect"): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once("error", reject)
    socket.once(event, () => {
      resolve()
      socket.destroy()
    })
  })

const attempt = (look: Step["probe"]): Effect.Effect<string, string> =>
  Effect.tryPromise({ try: look, catch: reason }).pipe(
    Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail("ETIMEDOUT") })
  )

/** The operating system's code, which is the same in every language. */
const reason = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)
