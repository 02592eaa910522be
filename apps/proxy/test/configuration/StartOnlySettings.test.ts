import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as ConfigurationText from "../../src/configuration/ConfigurationText.ts"
import { changedSince, inForceSince } from "../../src/configuration/StartOnlySettings.ts"

const read = (sections: object) =>
  Result.getOrThrow(ConfigurationText.read(JSON.stringify({ callers: {}, credentials: {}, projects: {}, ...sections })))
    .configuration

const files = (name: string) => ({ cert_file: `${name}.cert`, key_file: `${name}.key` })

const start = read({
  listen: { port: 1, public_hosts: ["old.test"], tls: files("old") },
  redis: { url: "redis://old.test" },
  cache: { entries: 1, jitter_percent: 1 },
  limits: { connections: 1, deadline_ms: 100 }
})

const now = read({
  listen: { port: 2, public_hosts: ["new.test"], tls: files("new") },
  admin: { port: 2 },
  drain: { serve_seconds: 2 },
  telemetry: { traces_url: "http://new.test/v1/traces" },
  cache: { entries: 2, jitter_percent: 2 },
  limits: { connections: 2, deadline_ms: 200 }
})

describe("what is read once", () => {
  it("waits for the next start, section by section or setting by setting", () => {
    assert.deepStrictEqual(changedSince(start, now), [
      "listen.port",
      "admin",
      "drain",
      "telemetry",
      "cache.entries",
      "limits.connections",
      "redis"
    ])
    assert.deepStrictEqual(changedSince(start, inForceSince(start, now)), [])
  })

  it("stays in force beside what follows a change", () => {
    const inForce = inForceSince(start, now)
    assert.deepInclude(inForce.listen, { port: 1, public_hosts: ["new.test"], tls: files("new") })
    assert.deepInclude(inForce.cache, { entries: 1, jitter_percent: 2 })
    assert.deepInclude(inForce.limits, { connections: 1, deadline_ms: 200 })
    assert.notProperty(inForce, "telemetry")
    assert.deepStrictEqual(inForce.redis, start.redis)
  })

  it("is whether TLS is spoken at all", () => {
    const plain = read({})
    assert.deepStrictEqual(changedSince(read({ listen: { tls: files("old") } }), plain), ["listen.tls"])
    assert.notProperty(inForceSince(plain, now).listen, "tls")
    assert.deepStrictEqual(inForceSince(start, plain).listen.tls, files("old"))
  })
})
