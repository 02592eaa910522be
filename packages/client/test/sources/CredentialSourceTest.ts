import { type Credential, type Credentials, MetadataHttpClient, Endpoint, type CredentialSource } from "@cbr/client"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { inMemory, type Script, type Sent } from "../InMemoryTransport.ts"
import { type MemoryFile, memoryFiles } from "../MemoryFiles.ts"
import { NodeHashes } from "../signing/NodeHashes.ts"

/** The world around a link: variables, files, and what answers requests. */
export interface World {
  readonly variables?: Record<string, string>
  readonly files?: Readonly<Record<string, MemoryFile>>
  readonly script?: Script
  readonly region?: string | undefined
}

/** The layers of that world, with the requests that were sent in it. */
export const worldOf = ({ files = {}, region = "cn-north-4", script, variables = {} }: World) => {
  const transport = inMemory(script ?? (() => Effect.die(new Error("nothing should be sent"))))
  const held = memoryFiles(files)
  const layer = Layer.mergeAll(
    held.layer,
    transport.layer,
    Layer.succeed(MetadataHttpClient, transport.http),
    NodeHashes,
    Layer.orDie(Endpoint.layer({ region })),
    ConfigProvider.layer(ConfigProvider.fromUnknown(variables))
  )
  return { layer, sent: transport.sent, reads: held.reads, put: held.put }
}

/** Opens a link in a world. */
export const opened = <R>(link: CredentialSource<R>, world: World) => {
  const { layer, ...seen } = worldOf(world)
  const run = <A, E, S>(effect: Effect.Effect<A, E, S>) => Effect.provide(effect, layer)
  return { ...seen, open: run(link.resolve), run }
}

export const currentOf = (credentials: Credentials["Service"]) => Effect.map(credentials.current, clear)

/** A credential with its secrets in clear, to compare. */
export const clear = (
  credential: Credential
): { readonly token?: string; readonly ak?: string; readonly sk?: string; readonly security_token?: string } => {
  if (credential._tag === "Token") return { token: Redacted.value(credential.token) }
  const { ak, security_token, sk } = credential.accessKey
  return {
    ak,
    sk: Redacted.value(sk),
    ...(security_token === undefined ? {} : { security_token: Redacted.value(security_token) })
  }
}

/** The JSON that a request carried. */
export const jsonOf = ({ request: { body } }: Sent): unknown =>
  body._tag === "Uint8Array" ? JSON.parse(new TextDecoder().decode(body.body)) : undefined

/** A temporary key as the cloud gives it, an hour long. */
export const temporary = (nth: number, epochMillis = 0) => ({
  credential: {
    access: `HST-${nth}`,
    secret: `temporarySecret-${nth}`,
    securitytoken: `temporaryToken-${nth}`,
    expires_at: new Date(epochMillis + 6 * 3_600_000).toISOString().replace("Z", "000Z")
  }
})
