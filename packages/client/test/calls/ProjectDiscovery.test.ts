import { Credentials, Endpoint, ProjectDiscovery, type ProjectReference, KeyLockoutGuard } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, inMemory, type Script } from "../InMemoryTransport.ts"
import { NodeHashes } from "../signing/NodeHashes.ts"
import { accessKey, timedError, token } from "../TestClient.ts"

const list = (...names: ReadonlyArray<string>): Answer => ({
  status: 200,
  body: JSON.stringify({ projects: names.map((name, index) => ({ id: `id-${index}`, name, enabled: true })) })
})

const over = (
  script: Script,
  {
    credentials = Credentials.accessKey(accessKey),
    endpoint = {}
  }: { credentials?: Layer.Layer<Credentials>; endpoint?: object } = {}
) => {
  const transport = inMemory(script)
  const layer = ProjectDiscovery.layer.pipe(
    Layer.provide([
      transport.layer,
      NodeHashes,
      KeyLockoutGuard.layer.pipe(Layer.provide(credentials)),
      Layer.orDie(Endpoint.layer({ region: "cn-north-4", ...endpoint }))
    ])
  )
  const discover = <A, E>(ask: (discovery: ProjectDiscovery["Service"]) => Effect.Effect<A, E>) =>
    ProjectDiscovery.use(ask)
  return { sent: transport.sent, layer, id: discover((discovery) => discovery.projectId), discover }
}

describe("the project id of a region", () => {
  it.effect("a key that IAM refused is held back, though its credentials have no guard of their own", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 401, body: `{"error_code":"APIGW.0301"}` }))
      const layer = ProjectDiscovery.layer.pipe(
        Layer.provide([
          transport.layer,
          NodeHashes,
          Credentials.accessKey(accessKey),
          Layer.orDie(Endpoint.layer({ region: "cn-north-4" }))
        ])
      )
      yield* Effect.gen(function* () {
        for (const code of ["answered", "key-held-back"]) {
          const error = yield* Effect.flip(ProjectDiscovery.use(({ projectId }) => projectId))
          assert.deepStrictEqual([error._tag, error.detail.code], ["AuthenticationFailed", code])
        }
      }).pipe(Effect.provide(layer))
      assert.lengthOf(transport.sent, 1)
    })
  )

  it.effect("is asked of IAM in a signed GET, once however many callers want it", () =>
    Effect.gen(function* () {
      const { id, layer, sent } = over(() => Effect.as(Effect.sleep("1 second"), list("cn-north-4")))
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: 50 }, () => id),
            { concurrency: "unbounded" }
          )
        )
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(new Set(yield* Fiber.join(fiber)), new Set(["id-0"]))
        yield* TestClock.adjust("30 days")
        assert.strictEqual(yield* id, "id-0")
      }).pipe(Effect.provide(layer))
      assert.strictEqual(sent.length, 1)
      const { request } = sent[0]!
      assert.strictEqual(request.url, "https://iam.cn-north-4.myhuaweicloud.com/v3/projects?name=cn-north-4")
      assert.match(
        request.headers["authorization"] ?? "",
        /^SDK-HMAC-SHA256 Access=EXAMPLEACCESSKEY0001, SignedHeaders=host;x-sdk-date, /
      )
    })
  )

  it.effect("is that of the project which the endpoint names, else of the one that the credential is for", () =>
    Effect.gen(function* () {
      const own = (project: ProjectReference) =>
        Layer.succeed(Credentials, {
          current: Effect.succeed({ _tag: "Token", token, project } as const),
          refused: () => Effect.succeed(false)
        })
      const rows: ReadonlyArray<
        readonly [project: ProjectReference | undefined, own: ProjectReference, id: string, asked: string | undefined]
      > = [
        [{ id: "p" }, { id: "q" }, "p", undefined],
        [{ name: "cn-north-4_sub" }, { id: "q", name: "cn-north-4" }, "id-0", "cn-north-4_sub"],
        [{ name: "cn-north-4_sub" }, { id: "q", name: "cn-north-4_sub" }, "q", undefined],
        [undefined, { id: "q" }, "q", undefined],
        [undefined, { name: "cn-north-4_sub" }, "id-0", "cn-north-4_sub"]
      ]
      for (const [project, of, expected, asked] of rows) {
        const { id, layer, sent } = over(() => list("x"), { credentials: own(of), endpoint: { project } })
        assert.strictEqual(yield* Effect.provide(id, layer), expected)
        assert.deepStrictEqual(
          sent.map(({ request }) => new URL(request.url).searchParams.get("name")),
          asked === undefined ? [] : [asked]
        )
      }
    })
  )

  it.effect("is asked of the IAM that the credential names", () =>
    Effect.gen(function* () {
      const credentials = Layer.succeed(Credentials, {
        current: Effect.succeed({ _tag: "AccessKey", accessKey, iam: "https://iam.example" } as const),
        refused: () => Effect.succeed(false)
      })
      const { id, layer, sent } = over(() => list("cn-north-4"), { credentials })
      yield* Effect.provide(id, layer)
      assert.strictEqual(new URL(sent[0]!.request.url).host, "iam.example")
    })
  )

  it.effect("is asked with a token as well", () =>
    Effect.gen(function* () {
      const { id, layer, sent } = over(() => list("cn-north-4"), { credentials: Credentials.token(token) })
      assert.strictEqual(yield* Effect.provide(id, layer), "id-0")
      assert.strictEqual(sent[0]?.request.headers["x-auth-token"], "exampleTokenOfTestsOnly")
    })
  )

  it.effect("is kept for each name and each key", () =>
    Effect.gen(function* () {
      let key = accessKey
      const credentials = Layer.succeed(Credentials, {
        current: Effect.sync(() => ({ _tag: "AccessKey", accessKey: key }) as const),
        refused: () => Effect.succeed(false)
      })
      const { discover, layer, sent } = over(() => list("x"), { credentials })
      yield* Effect.gen(function* () {
        for (const name of ["a", "b", "a"]) yield* discover((discovery) => discovery.projectIdOf(name))
        assert.strictEqual(sent.length, 2)
        key = { ...accessKey, ak: "EXAMPLEACCESSKEY0002" }
        yield* discover((discovery) => discovery.projectIdOf("a"))
        assert.strictEqual(sent.length, 3)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("a name is encoded as it is signed", () =>
    Effect.gen(function* () {
      const { discover, layer, sent } = over(() => list("x"))
      yield* Effect.provide(
        discover((discovery) => discovery.projectIdOf("cn-north-4 é&name=x")),
        layer
      )
      assert.match(sent[0]?.request.url ?? "", /\?name=cn-north-4%20%C3%A9%26name%3Dx$/)
    })
  )

  const faults: ReadonlyArray<readonly [name: string, script: Script, message: string, requests: number]> = [
    [
      "several",
      () => list("cn-north-4", "cn-north-4"),
      `there is 2 projects of the name "cn-north-4"; give the project id, one of id-0 (cn-north-4), id-1 (cn-north-4)`,
      1
    ],
    [
      "none of the name",
      (nth) => (nth === 0 ? list() : list("eu-de", "cn-north-1")),
      `there is no project of the name "cn-north-4"; give the project id, one of id-0 (eu-de), id-1 (cn-north-1)`,
      2
    ],
    ["none at all", () => list(), `there is no project of the name "cn-north-4"; give the project id`, 2]
  ]
  for (const [name, script, message, requests] of faults) {
    it.effect(`${name}: the error lists what there is, and is not kept`, () =>
      Effect.gen(function* () {
        const { id, layer, sent } = over(script)
        yield* Effect.gen(function* () {
          const error = yield* Effect.flip(id)
          assert.deepInclude(error, { _tag: "InvalidRequest" })
          assert.strictEqual(error.message, message)
          assert.strictEqual(sent.length, requests)
          yield* Effect.exit(id)
          assert.isAbove(sent.length, requests)
        }).pipe(Effect.provide(layer))
      })
    )
  }

  it.effect("a refused key is not sent twice", () =>
    Effect.gen(function* () {
      const { id, layer, sent } = over(() => ({ status: 401, body: `{"error_code":"APIGW.0301"}` }))
      yield* Effect.gen(function* () {
        for (let call = 0; call < 10; call++) {
          assert.strictEqual((yield* Effect.flip(id))._tag, "AuthenticationFailed")
        }
      }).pipe(Effect.provide(layer))
      assert.strictEqual(sent.length, 1)
    })
  )

  it.effect("what is no list of projects is not understood; what is no JSON is asked for again first", () =>
    Effect.gen(function* () {
      const bodies = {
        "<html>": 4,
        "{}": 1,
        [`{"projects":[{"name":"x"}]}`]: 1,
        [`{"projects":[{"id":"","name":"x"}]}`]: 1
      }
      for (const [body, attempts] of Object.entries(bodies)) {
        const { id, layer } = over(() => ({ status: 200, body, headers: { "x-iam-trace-id": "trace" } }))
        const { error } = yield* timedError(Effect.provide(id, layer))
        assert.deepInclude(error, { _tag: "MalformedResponse", request_id: "trace", attempts })
      }
    })
  )

  for (const [name, endpoint, message] of [
    ["a region", { region: undefined, endpoint: "https://a.example" }, /CBR_REGION/],
    ["IAM's address", { region: "cn-north-3", endpoint: "https://a.example" }, /CBR_IAM_ENDPOINT/]
  ] as const) {
    it.effect(`without ${name} nothing is sent`, () =>
      Effect.gen(function* () {
        const { id, layer, sent } = over(() => list("x"), { endpoint })
        const error = yield* Effect.flip(Effect.provide(id, layer))
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.match(error.message, message)
        assert.strictEqual(sent.length, 0)
      })
    )
  }
})
