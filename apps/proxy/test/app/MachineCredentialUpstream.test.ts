import { MetadataHttpClient, UserDirectories } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Logger } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import * as Upstream from "../../src/app/MachineCredentialUpstream.ts"
import * as CredentialGuard from "../../src/upstream/CredentialGuard.ts"

/** A server's metadata that answers so, or none. */
const metadata = (status: number | undefined) =>
  HttpClient.make((request) =>
    status === undefined
      ? Effect.fail(
          new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause: "no" }) })
        )
      : Effect.succeed(HttpClientResponse.fromWeb(request, new Response("{}", { status })))
  )

/** What building the one upstream of a machine without a credential of its own comes to, and says. */
const built = (status: number | undefined) =>
  Effect.gen(function* () {
    const said: Array<string> = []
    const layer = Upstream.layer({ region: "cn-north-4" }, CredentialGuard.make("default")).pipe(
      Layer.provide([
        NodeServices.layer,
        NodeCrypto.layerDigest,
        Layer.succeed(MetadataHttpClient, metadata(status)),
        Layer.succeed(UserDirectories, { home: undefined, config: undefined, hasModes: true }),
        ConfigProvider.layer(ConfigProvider.fromUnknown({})),
        Logger.layer([Logger.make(({ message }) => void said.push(String(message)))])
      ])
    )
    return { outcome: yield* Effect.result(Effect.asVoid(Layer.build(layer))), said }
  }).pipe(Effect.scoped)

describe("the upstream of this machine", () => {
  it.live("does not come to be where there is no credential and none can come", () =>
    Effect.gen(function* () {
      const { outcome } = yield* built(undefined)
      assert.strictEqual(outcome._tag === "Failure" ? outcome.failure._tag : "built", "NoCredentials")
    })
  )

  it.live("does not come to be where a filter answers in the metadata's place", () =>
    Effect.gen(function* () {
      const { outcome } = yield* built(403)
      assert.strictEqual(outcome._tag === "Failure" ? outcome.failure._tag : "built", "NoCredentials")
    })
  )

  it.live("waits for an agency on a server that has none yet, and says so", () =>
    Effect.gen(function* () {
      const { outcome, said } = yield* built(401)
      assert.strictEqual(outcome._tag, "Success")
      assert.include(said.join(), "ECS metadata")
    })
  )
})
