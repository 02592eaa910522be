import { readFileSync } from "node:fs"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Redacted } from "effect"
import { certificateOf, certificateWarning, tlsIdentity } from "../../src/http/Tls.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const pem = (name: string) => readFileSync(new URL(`../fixtures/${name}.pem`, import.meta.url), "utf8")
const [cert, key] = [pem("self-signed.cert"), pem("self-signed.key")]
const [otherCert, otherKey] = [pem("renewed.cert"), pem("renewed.key")]

const fingerprintOf = (cert: string, key: string) =>
  Effect.gen(function* () {
    const files = yield* written(yield* temporaryFolder, { "cert.pem": cert, "key.pem": key })
    return yield* tlsIdentity({ cert_file: files["cert.pem"], key_file: files["key.pem"] })
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

describe("an identity for TLS", () => {
  it.effect("is a certificate, its chain and the key", () =>
    Effect.gen(function* () {
      const trusted = cert.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE")
      for (const chain of [
        cert,
        `${cert}${otherCert}`,
        `${key}${cert}`,
        `${cert}${key}`,
        `words before\n${cert}\n\n`,
        `${cert}# words behind\n`,
        trusted,
        `${trusted}${otherCert}`
      ]) {
        const identity = yield* fingerprintOf(chain, key)
        assert.strictEqual(Redacted.value(identity.key), key)
        assert.strictEqual(certificateOf(identity).fingerprint256, certificateOf({ ...identity, cert }).fingerprint256)
      }
    })
  )

  const half = (text: string) => text.slice(0, text.length >> 1)
  const faults: ReadonlyArray<readonly [what: string, cert: string, key: string, fault: string]> = [
    ["an empty certificate", "", key, "cert_file: the file holds no certificate in PEM"],
    ["an empty key", cert, "", "key_file: the file holds no private key in PEM, or one that a password protects"],
    ["no file with anything in it", "", "", "cert_file: the file holds no certificate in PEM"],
    ["the key in place of the certificate", key, key, "cert_file: the file holds no certificate in PEM"],
    ["half a certificate", half(cert), key, cutOff()],
    ["half a chain", `${cert}${half(otherCert)}`, key, cutOff()],
    ["a chain that ends in a mark", `${cert}-----BEG`, key, cutOff()],
    ["a chain that ends in a dash", `${cert}-`, key, cutOff()],
    ["a chain that ends in the end of a certificate", `${cert}${otherCert.trimEnd().slice(0, -3)}`, key, cutOff()],
    ["half a key behind the certificate", `${cert}${half(key)}`, key, cutOff()],
    ["half a certificate before a whole one", `${half(otherCert)}\n${cert}`, key, cutOff()],
    ["half a key", cert, half(key), "key_file: the file holds no private key in PEM, or one that a password protects"],
    ["another's key", cert, otherKey, "cert_file: the certificate and the key do not belong together"]
  ]
  for (const [what, cert, key, fault] of faults) {
    it.effect(`is refused with ${what}, as a copy in place shows it for a moment`, () =>
      Effect.gen(function* () {
        const { message, setting } = yield* Effect.flip(fingerprintOf(cert, key))
        assert.strictEqual(`${setting}: ${message}`, fault)
      })
    )
  }
})

function cutOff() {
  return "cert_file: the file ends in the middle of a certificate, or one of its certificates is damaged"
}

describe("a certificate", () => {
  const certificate = certificateOf({ cert, key: Redacted.make(key) })
  const [begin, end] = [certificate.validFrom, certificate.validTo].map((date) => DateTime.makeUnsafe(Date.parse(date)))
  const at = (moment: DateTime.Utc, days: number) => certificateWarning(certificate, DateTime.add(moment, { days }))

  it("is warned of before it begins, two weeks before its end, and from then on", () => {
    assert.isUndefined(at(begin!, 1))
    assert.isUndefined(at(end!, -15))
    assert.include(at(end!, -13), `the certificate ends at ${DateTime.formatIso(end!)}: renew it`)
    assert.include(at(end!, 0), `the certificate ended at ${DateTime.formatIso(end!)}: clients refuse it; renew it`)
    assert.include(at(begin!, -1), "clients refuse it until then")
  })
})
