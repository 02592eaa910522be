import type { LookupAddress } from "node:dns"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClient } from "effect/http"
import { guardedLookup } from "../../src/net/SsrfGuard.ts"

const addressesOf = (...addresses: ReadonlyArray<string>): Array<LookupAddress> =>
  addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))

/** The addresses that the guard finds for a name with these records. */
const lookedUp = (hostname: string, records: ReadonlyArray<string>, all: boolean) =>
  Effect.callback<{ readonly found: unknown; readonly refused: ReadonlyArray<string> }, string | undefined>(
    (resume) => {
      const refused: Array<string> = []
      const resolve = guardedLookup(
        (name) => void refused.push(name),
        (_, __, callback) => callback(null, addressesOf(...records))
      )
      resolve(hostname, { all }, (error, found) =>
        resume(error === null ? Effect.succeed({ found, refused }) : Effect.fail(error.code))
      )
    }
  )

const near = [
  "127.0.0.1",
  "127.8.9.10",
  "0.0.0.0",
  "169.254.169.254",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "fe80::1",
  "ff02::1",
  "::ffff:127.0.0.1",
  "::ffff:169.254.169.254"
]
const far = ["203.0.113.7", "100.125.1.2", "10.0.0.7", "192.168.1.1", "2001:db8::1", "fd00::1"]

describe("a name of a service", () => {
  it.effect.each(near)("is not called where it leads to %s alone", (address) =>
    Effect.gen(function* () {
      for (const all of [true, false]) {
        assert.strictEqual(yield* Effect.flip(lookedUp("cbr.example.org", [address], all)), "EACCES")
      }
    })
  )

  it.effect.each(far)("is called at %s, and at nothing that comes with it", (address) =>
    Effect.gen(function* () {
      const { found, refused } = yield* lookedUp("cbr.example.org", ["127.0.0.1", address, "fe80::1"], true)
      assert.deepStrictEqual(found, addressesOf(address))
      assert.isEmpty(refused)
      assert.strictEqual((yield* lookedUp("cbr.example.org", ["127.0.0.1", address], false)).found, address)
    })
  )

  it.effect("is this machine's where it is localhost", () =>
    Effect.gen(function* () {
      for (const name of ["localhost", "LOCALHOST"]) {
        assert.deepStrictEqual((yield* lookedUp(name, ["127.0.0.1"], true)).found, addressesOf("127.0.0.1"))
      }
      for (const name of ["localhost.evil.test", "x.localhost"]) {
        assert.strictEqual(yield* Effect.flip(lookedUp(name, ["127.0.0.1"], true)), "EACCES")
      }
    })
  )

  it.live("opens no connection when its records have changed to lead here", () =>
    Effect.gen(function* () {
      const server = createServer((_, response) => response.end("secret of this machine"))
      yield* Effect.acquireRelease(
        Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
        () => Effect.sync(() => server.close())
      )
      let connections = 0
      server.on("connection", () => connections++)
      const { port } = server.address() as AddressInfo
      const refused: Array<string> = []
      const lookup = guardedLookup(
        (name) => void refused.push(name),
        (_, __, callback) => callback(null, addressesOf("127.0.0.1"))
      )
      const called = (host: string) =>
        HttpClient.get(`http://${host}:${port}/`).pipe(
          Effect.flatMap(({ text }) => text),
          Effect.provide(NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))
        )
      yield* Effect.flip(called("cbr.example.org"))
      assert.deepStrictEqual([connections, refused], [0, ["cbr.example.org"]])
      // An address is what the operator has written.
      assert.strictEqual(yield* called("127.0.0.1"), "secret of this machine")
    }).pipe(Effect.scoped)
  )
})
