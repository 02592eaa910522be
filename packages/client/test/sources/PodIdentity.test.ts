import { PodIdentity } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { currentOf, opened, temporary } from "./CredentialSourceTest.ts"

const variables = {
  HC_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:8123/v1/credentials",
  HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/var/run/token"
}

describe("pod identity", () => {
  const { access, expires_at, secret, securitytoken } = temporary(0).credential
  const forms = {
    "the plain form": temporary(0),
    "camel case under credentials": {
      credentials: {
        accessKeyId: access,
        secretAccessKey: secret,
        securityToken: securitytoken,
        expiration: expires_at
      }
    }
  }
  for (const [name, form] of Object.entries(forms)) {
    it.effect(`gives a temporary key in ${name}`, () =>
      Effect.gen(function* () {
        const { open, run, sent } = opened(PodIdentity.source, {
          variables,
          files: { "/var/run/token": "examplePodToken\n" },
          script: () => ({ status: 200, body: JSON.stringify(form) })
        })
        assert.deepStrictEqual(yield* run(Effect.flatMap(open, currentOf)), {
          ak: access,
          sk: secret,
          security_token: securitytoken
        })
        const { request } = sent[0]!
        assert.strictEqual(request.method, "POST")
        assert.strictEqual(request.url, variables.HC_CONTAINER_CREDENTIALS_FULL_URI)
        assert.strictEqual(request.headers["authorization"], "examplePodToken")
      })
    )
  }

  it.effect("reads its token anew for each key", () =>
    Effect.gen(function* () {
      const { open, put, run, sent } = opened(PodIdentity.source, {
        variables,
        files: { "/var/run/token": "one" },
        script: (nth) => ({ status: 200, body: JSON.stringify(temporary(nth, nth * 21_000_000)) })
      })
      const credentials = yield* run(open)
      yield* run(credentials.current)
      put("/var/run/token", "two")
      yield* TestClock.adjust("356 minutes")
      yield* run(credentials.current)
      assert.deepStrictEqual(
        sent.map(({ request }) => request.headers["authorization"]),
        ["one", "two"]
      )
    })
  )

  const half: ReadonlyArray<readonly [variables: Record<string, string>, message: RegExp]> = [
    [{ HC_CONTAINER_CREDENTIALS_FULL_URI: "http://a" }, /FULL_URI is set, but .*TOKEN_FILE is not/],
    [{ HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/f" }, /TOKEN_FILE is set, but .*FULL_URI is not/],
    [{ ...variables, HC_CONTAINER_CREDENTIALS_FULL_URI: "file:///etc/passwd" }, /not an http or https address/]
  ]
  for (const [set, message] of half) {
    it.effect(`set up wrongly ends the search: ${message.source}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(opened(PodIdentity.source, { variables: set }).open)
        assert.strictEqual(error._tag, "NoCredentials")
        assert.match(error.message, message)
      })
    )
  }

  it.effect("set up and broken fails the call with the reason", () =>
    Effect.gen(function* () {
      const { open, run } = opened(PodIdentity.source, { variables })
      const error = yield* Effect.flip(run(Effect.flatMap(open, currentOf)))
      assert.strictEqual(error.message, "the pod's token file /var/run/token cannot be read (NotFound)")
    })
  )

  it.effect("is not here without its variables", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(opened(PodIdentity.source, {}).open))._tag, "NotConfigured")
    })
  )
})
