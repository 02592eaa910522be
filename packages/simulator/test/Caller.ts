import { type AccessKey, SdkHmacSha256 } from "@cbr/client/signing"
import { NodeCrypto, NodeHttpClient } from "@effect/platform-node"
import { DateTime, Effect, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { layer, Simulator, type SimulatorOptions } from "../src/index.ts"

/** A simulator of the test's own, and what a caller needs to reach it. */
export const running = (options?: SimulatorOptions) =>
  Layer.mergeAll(layer(options), NodeHttpClient.layerNodeHttp, NodeCrypto.layerMac, NodeCrypto.layerDigest)

type Headers = Readonly<Record<string, string>>

/** One GET and all of its answer. */
export const get = Effect.fnUntraced(function* (url: string, headers: Headers = {}) {
  const response = yield* HttpClient.get(url, { headers })
  return { status: response.status, headers: response.headers, text: yield* response.text }
})

/** The path of a backup of the account's project. */
export const pathOf = Effect.fnUntraced(function* (backup_id: string, project_id?: string) {
  const simulator = yield* Simulator
  return `/v3/${project_id ?? simulator.project_id}/backups/${backup_id}`
})

export const withToken = Effect.fnUntraced(function* (backup_id: string, project_id?: string) {
  const simulator = yield* Simulator
  return yield* get(`${simulator.cbr}${yield* pathOf(backup_id, project_id)}`, {
    "x-auth-token": Redacted.value(yield* simulator.issueToken)
  })
})

/** The headers of a GET signed with the key, the account's unless given, as of now unless given. */
export const signed = Effect.fnUntraced(function* (
  url: string,
  options: { readonly accessKey?: AccessKey; readonly date?: DateTime.Utc; readonly headers?: Headers } = {}
) {
  const { ak, sk } = yield* Simulator
  const { host, pathname, search } = new URL(url)
  return yield* SdkHmacSha256.sign(
    { method: "GET", path: pathname, query: search.slice(1), headers: { host, ...options.headers } },
    { accessKey: options.accessKey ?? { ak, sk }, date: options.date ?? (yield* DateTime.now) }
  )
})

export const withSignature = Effect.fnUntraced(function* (
  backup_id: string,
  options: Parameters<typeof signed>[1] & { readonly project_id?: string } = {}
) {
  const simulator = yield* Simulator
  const url = `${simulator.cbr}${yield* pathOf(backup_id, options.project_id)}`
  return yield* get(url, yield* signed(url, options))
})

export const wrongSecret = Effect.map(Simulator, ({ ak }) => ({ ak, sk: Redacted.make("notTheSecretOfThatKey") }))
