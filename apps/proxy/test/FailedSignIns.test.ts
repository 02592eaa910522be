import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { get, key, LogLines, pathOf, testProxyFor } from "./TestProxy.ts"

const quotas = {
  callers: { default: { perSecond: 10_000, burst: 10_000 } },
  project: { perSecond: 10_000, burst: 10_000 },
  failedSignIns: { perSecond: 1 / 3_600, burst: 3 }
}

layer(testProxyFor({ quotas }), { excludeTestServices: true })("wrong credentials from one address", (it) => {
  it.effect("are told so a few times and then to wait; the right one beside them is served", () =>
    Effect.gen(function* () {
      const path = yield* pathOf("6df2b54c-dd62-4059-a07c-1b8f24f2725d")
      const statusOf = (headers: Readonly<Record<string, string>>) =>
        Effect.map(get(path, headers), ({ status }) => status)
      const wrong = Effect.forEach(["a", "b", "c", "d", "e"], (guess) => statusOf({ "x-api-key": guess }))
      assert.deepStrictEqual(yield* wrong, [401, 401, 401, 429, 429])
      assert.strictEqual(yield* statusOf({ "x-auth-token": key }), 200)
      assert.strictEqual(yield* statusOf({ "x-auth-token": key }), 200)
      assert.strictEqual(yield* statusOf({}), 401)
      const last = yield* get(path, { authorization: "Bearer eyJh.e30.x" })
      assert.strictEqual(last.status, 429)
      assert.isAtLeast(Number(last.headers["retry-after"]), 1)
      const audited = (yield* LogLines).filter((line) => line.includes('"audit":"denied"'))
      assert.lengthOf(audited, 4)
    })
  )
})
