import { canonicalHeaders, canonicalQuery, canonicalRequest, canonicalUri, payloadHash } from "@cbr/client/signing"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { NodeHashes } from "./NodeHashes.ts"

const uris = [
  ["", "/", "the empty path is the root"],
  ["/", "/", "the root stays"],
  ["/v3/p/backups/b", "/v3/p/backups/b/", "a / ends it"],
  ["/v3/p/", "/v3/p/", "no second / at the end"],
  ["//a//b", "//a//b/", "doubled slashes stay"],
  ["/a/./../b", "/a/./../b/", "dot segments stay"],
  ["/A-Z_a.z~9", "/A-Z_a.z~9/", "unreserved characters stay"],
  ["/a%41%7e", "/aA~/", "needless escapes are undone"],
  ["/a%2fb", "/a%2Fb/", "an escaped / is no separator, hex in upper case"],
  ["/a b", "/a%20b/", "a raw space"],
  ["/!$&'()*+,:;=@", "/%21%24%26%27%28%29%2A%2B%2C%3A%3B%3D%40/", "sub-delimiters are encoded"],
  ["/é中😀", "/%C3%A9%E4%B8%AD%F0%9F%98%80/", "UTF-8 of raw Unicode"],
  ["/%C3%A9", "/%C3%A9/", "escaped Unicode"],
  ["/%ff", "/%FF/", "octets that are no UTF-8 stay"],
  ["/\ud800", "/%EF%BF%BD/", "half a surrogate pair"],
  ["/100%", "/100%25/", "% at the end"],
  ["/%zz%4", "/%25zz%254/", "% that begins no escape"],
  ["/%2541", "/%2541/", "an escaped % is not decoded twice"],
  ["/\n", "/%0A/", "a control character"]
] as const

const queries = [
  ["", "", "no query"],
  ["b=1&a=2", "a=2&b=1", "sorted by name"],
  ["a=b&a=a&a", "a=&a=a&a=b", "then by value; none is empty"],
  ["a&a=&", "a=&a=", "empty pairs vanish, equal ones stay"],
  ["&&", "", "nothing but separators"],
  ["=", "=", "no name and no value"],
  ["=b", "=b", "no name"],
  ["a=b=c", "a=b%3Dc", "the first = separates"],
  ["a%20b=1", "a%20b=1", "a space is %20"],
  ["a+b=1", "a%2Bb=1", "+ is a plus sign"],
  ["ab=1&a%7B=1", "ab=1&a%7B=1", "the order is that of decoded names"],
  ["a=%7e&a=b", "a=b&a=~", "and of decoded values"],
  ["aB=1&ab=2&a-b=3&a=4", "a=4&a-b=3&aB=1&ab=2", "a prefix first, upper case before lower"],
  ["q=é%C3%A9", "q=%C3%A9%C3%A9", "raw and escaped Unicode"],
  ["\u{FFFD}=1&😀=2", "%F0%9F%98%80=2&%EF%BF%BD=1", "UTF-16 code units order beyond the basic plane"],
  ["a=%&b=%4", "a=%25&b=%254", "% that begins no escape"],
  ["b=%ff&a=%fe", "a=%FE&b=%FF", "octets that are no UTF-8 stay"],
  ["__proto__=1&constructor=2", "__proto__=1&constructor=2", "names that objects inherit"]
] as const

describe("canonicalUri", () => {
  for (const [path, expected, name] of uris) {
    it(`${name}: ${JSON.stringify(path)}`, () => assert.strictEqual(canonicalUri(path), expected))
  }
})

describe("canonicalQuery", () => {
  for (const [query, expected, name] of queries) {
    it(`${name}: ${JSON.stringify(query)}`, () => assert.strictEqual(canonicalQuery(query), expected))
  }
})

describe("canonicalHeaders", () => {
  const headers = { host: "h", "x-a": " \t1  2\t ", "x-blank": " \t ", "x-nbsp": "\u00a0v\u00a0", "x-unsigned": "u" }

  it("a line each, in the order given, blanks around a value dropped and inside kept", () =>
    assert.strictEqual(canonicalHeaders(headers, ["host", "x-a", "x-blank"]), "host:h\nx-a:1  2\nx-blank:\n"))

  it("only space and tab are blanks", () =>
    assert.strictEqual(canonicalHeaders(headers, ["x-nbsp"]), "x-nbsp:\u00a0v\u00a0\n"))

  it("what an object inherits is no header", () =>
    assert.strictEqual(canonicalHeaders(headers, ["__proto__", "constructor"]), "__proto__:\nconstructor:\n"))
})

describe("canonicalRequest", () => {
  it("an empty line stands between the headers and their names", () =>
    assert.strictEqual(
      canonicalRequest({ method: "GET", path: "/a", query: "b", headers: { host: "h" } }, ["host"], "hash"),
      "GET\n/a/\nb=\nhost:h\n\nhost\nhash"
    ))
})

const hashes = [
  ["no body", {}, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["an empty text", { body: "" }, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["no bytes", { body: new Uint8Array() }, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["text", { body: "abc" }, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["bytes", { body: Uint8Array.of(97, 98, 99) }, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["a declared hash", { body: "abc", headers: { "x-sdk-content-sha256": " UNSIGNED-PAYLOAD " } }, "UNSIGNED-PAYLOAD"]
] as const

layer(NodeHashes)("payloadHash", (it) => {
  for (const [name, request, expected] of hashes) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const hash = yield* payloadHash({ method: "PUT", path: "/", query: "", headers: {}, ...request })
        assert.strictEqual(hash, expected)
      })
    )
  }
})
