import { assert, describe, it } from "@effect/vitest"
import { defaultPublicHosts, publicHosts } from "../../src/http/PublicHosts.ts"

describe("publicHosts", () => {
  const hosts = publicHosts(["cbr.example.org", "10.0.0.5:8443", "[2001:DB8::1]"])

  it.each(["cbr.example.org", "CBR.example.org:8080", "10.0.0.5:8443", "[2001:db8::1]", "[2001:db8::1]:443"])(
    "%s is one",
    (authority) => assert.isTrue(hosts(authority))
  )

  it.each([
    "",
    "example.org",
    "cbr.example.org.",
    "cbr.example.org.evil.test",
    "10.0.0.5",
    "10.0.0.5:80",
    "2001:db8::1"
  ])("%j is none", (authority) => assert.isFalse(hosts(authority)))

  it("a name that is none stays none when it comes again, and behind one that is", () => {
    for (const authority of ["evil.test", "evil.test", "cbr.example.org", "evil.test", "evil.test"]) {
      assert.strictEqual(hosts(authority), authority === "cbr.example.org", authority)
    }
  })

  it("by default are the machine's own, and where it listens", () => {
    const own = publicHosts(defaultPublicHosts("fd00::7"))
    for (const name of ["localhost:8080", "127.0.0.1", "[::1]:1", "[fd00::7]:8080"]) assert.isTrue(own(name), name)
    assert.isFalse(own("fd00::7"))
  })
})
