import { assert, describe, it } from "@effect/vitest"
import { isExposed } from "../../src/net/ListenerExposure.ts"

describe("isExposed", () => {
  it.each(["0.0.0.0", "::", "192.0.2.1", "10.0.0.1", "proxy.example.org"])("%s is, in the clear", (host) => {
    assert.isTrue(isExposed({ host, behind_tls: false }))
    assert.isFalse(isExposed({ host, behind_tls: true }))
    assert.isFalse(isExposed({ host, behind_tls: false, tls: {} }))
  })

  it.each(["127.0.0.1", "127.8.8.8", "::1", "localhost"])("%s is not", (host) => {
    assert.isFalse(isExposed({ host, behind_tls: false }))
  })
})
