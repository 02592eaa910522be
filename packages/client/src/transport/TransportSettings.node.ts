import { readFile } from "node:fs/promises"
import { createSecureContext, getCACertificates } from "node:tls"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { InvalidRequest } from "../ShowBackupError.ts"

/**
 * How requests leave a machine. They are passed in, since a library reads no
 * environment.
 */
export interface TransportSettings {
  /**
   * Proxy for `https` addresses, as in `HTTPS_PROXY`; may hold a name and a
   * password. `http` addresses, which are loopback's or a neighbour's, are
   * called directly.
   */
  readonly httpsProxy?: Redacted.Redacted<string> | undefined
  /** Hosts that are called directly, separated by commas, as in `NO_PROXY`. */
  readonly noProxy?: string | undefined
  /** File of PEM certificates of authorities to trust beside the default ones. */
  readonly caFile?: string | undefined
}

/** Settings that were checked: the proxy is an address, and the file of authorities was read. */
export interface CheckedSettings {
  readonly httpsProxy: string | undefined
  readonly noProxy: string | undefined
  /** Every authority to trust; `undefined` for the default ones. */
  readonly ca: Array<string> | undefined
}

/** Checks settings before anything is sent, so that a wrong one is told as such. No error quotes a proxy's address. */
export const check = Effect.fnUntraced(function* (
  settings: TransportSettings
): Effect.fn.Return<CheckedSettings, InvalidRequest> {
  return {
    httpsProxy: yield* proxyAddress(settings.httpsProxy),
    noProxy: settings.noProxy,
    ca: settings.caFile === undefined ? undefined : yield* authorities(settings.caFile)
  }
})

const proxyAddress = (address: Redacted.Redacted<string> | undefined) => {
  const text = address === undefined ? "" : Redacted.value(address).trim()
  if (text === "") return Effect.succeed(undefined)
  // As curl and others read it: a proxy without a scheme speaks HTTP.
  const full = text.includes("://") ? text : `http://${text}`
  return URL.canParse(full) && /^https?:$/.test(new URL(full).protocol)
    ? Effect.succeed(full)
    : Effect.fail(
        new InvalidRequest({
          message:
            "the HTTPS proxy must be an address such as http://proxy.example:3128; what it is instead is not shown, since it may hold a password"
        })
      )
}

const authorities = (file: string) =>
  Effect.tryPromise({
    try: async () => {
      const pem = await readFile(file, "utf8")
      if (!pem.includes("-----BEGIN CERTIFICATE-----")) throw new Error("it holds no PEM certificate")
      createSecureContext({ ca: pem })
      return [...getCACertificates("default"), pem]
    },
    catch: (cause) =>
      new InvalidRequest({
        message: `the file of certificate authorities ${file} cannot be used: ${cause instanceof Error ? cause.message : "unknown"}`
      })
  })
