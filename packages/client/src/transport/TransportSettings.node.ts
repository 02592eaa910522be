import { X509Certificate } from "node:crypto"
import { readFile } from "node:fs/promises"
import { createSecureContext, getCACertificates } from "node:tls"
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { secretSetting, setting } from "../config/EnvSetting.ts"
import { decode } from "../config/TextFile.ts"
import type { FailureDetail } from "../errors/FailureDetails.ts"
import { InvalidRequest } from "../errors/ShowBackupError.ts"

/**
 * The settings of a transport: proxy and certificate authorities. The caller passes them, since a library reads no
 * environment.
 * @category Transports
 * @since 0.1.0
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

/**
 * The settings that the environment names, for a program that is set up by it: `https_proxy` or `HTTPS_PROXY`,
 * `no_proxy` or `NO_PROXY`, `CBR_CA_FILE`.
 *
 * @source curl, manual page: the variable in lower case goes before the other
 * @category Transports
 * @since 0.2.0
 */
export const fromEnvironment: Effect.Effect<TransportSettings, Config.ConfigError> = Effect.gen(function* () {
  return {
    httpsProxy: (yield* secretSetting("https_proxy")) ?? (yield* secretSetting("HTTPS_PROXY")),
    noProxy: (yield* setting("no_proxy")) ?? (yield* setting("NO_PROXY")),
    caFile: yield* setting("CBR_CA_FILE")
  }
})

/**
 * Settings that were checked: the proxy is an address, and the file of authorities was read.
 * @category Transports
 * @since 0.1.0
 */
export interface CheckedSettings {
  readonly httpsProxy: string | undefined
  readonly noProxy: string | undefined
  /** Every authority to trust; `undefined` for the default ones. */
  readonly ca: Array<string> | undefined
}

/**
 * Checks settings before anything is sent, so that the error names a wrong one. No error quotes a proxy's address.
 * @category Transports
 * @since 0.1.0
 */
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
  // Curl and others read an address without a scheme as HTTP.
  const full = text.includes("://") ? text : `http://${text}`
  const url = URL.parse(full)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return wrong({ code: "https-proxy-unusable", fault: "no-address" })
  }
  // A password with one of these signs ends the address there, for every reader.
  if (url.pathname + url.search + url.hash !== "/") {
    return wrong({ code: "https-proxy-unusable", fault: "with-path" })
  }
  return [url.username, url.password].every(isEncoded)
    ? Effect.succeed(full)
    : wrong({ code: "https-proxy-unusable", fault: "lone-percent" })
}

const wrong = (detail: FailureDetail) => Effect.fail(new InvalidRequest({ detail }))

const isEncoded = (text: string): boolean => Result.isSuccess(Result.try(() => decodeURIComponent(text)))

const authorities = Effect.fnUntraced(function* (file: string) {
  const refuse = (reason: FailureDetail) => wrong({ code: "authorities-unusable", file, reason })
  const bytes = yield* Effect.tryPromise({
    try: () => readFile(file),
    catch: (error): FailureDetail => {
      const code = unread[(error as NodeJS.ErrnoException).code ?? ""]
      return code === undefined ? { code: "other", message: String(error) } : { code }
    }
  }).pipe(Effect.catch(refuse))
  const pem = decode(bytes) ?? ""
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) {
    return yield* refuse(isDer(bytes) ? { code: "certificate-in-der", file } : { code: "no-certificate-in-file" })
  }
  return yield* Effect.try({
    try: () => {
      createSecureContext({ ca: pem })
      return [...getCACertificates("default"), pem]
    },
    catch: (error): FailureDetail => ({ code: "other", message: error instanceof Error ? error.message : "unknown" })
  }).pipe(Effect.catch(refuse))
})

/** The failures of reading a file by the operating system's code. */
const unread: Readonly<Record<string, "no-such-file" | "file-not-open" | "file-is-folder">> = {
  ENOENT: "no-such-file",
  ENOTDIR: "no-such-file",
  EACCES: "file-not-open",
  EPERM: "file-not-open",
  EISDIR: "file-is-folder"
}

const isDer = (bytes: Uint8Array): boolean => Result.isSuccess(Result.try(() => new X509Certificate(bytes)))
