import type { AccessKey, SignableRequest } from "@cbr/client/signing"
import { omitUndefined } from "@cbr/domain"
import { Arbitrary, DateTime, Redacted, Schema } from "effect"

/** A request before it is put on the wire: its text is not yet escaped, no blanks surround its values. */
export interface RandomRequest {
  readonly method: string
  readonly host: string
  readonly segments: ReadonlyArray<string>
  readonly query: ReadonlyArray<readonly [name: string, value: string]>
  /** Names in lower case, each once. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly isPayloadSigned: boolean
  /** Whether it is sent with needless escapes, and with blanks around its header values. */
  readonly isVerbose: boolean
  readonly body: Schema.Json | undefined
  readonly projectId: string | undefined
  readonly securityToken: string | undefined
  readonly ak: string
  readonly sk: string
  readonly date: DateTime.Utc
}

const literal = <const L extends ReadonlyArray<string>>(values: L) => Arbitrary.schema(Schema.Literals(values))
const int = (minimum: number, maximum: number) =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })))
const boolean = Arbitrary.schema(Schema.Boolean)

const either = <A>(first: Arbitrary.Arbitrary<A>, second: Arbitrary.Arbitrary<A>) =>
  Arbitrary.flatMap(boolean, (isFirst) => (isFirst ? first : second))

const maybe = <A>(arbitrary: Arbitrary.Arbitrary<A>) => either<A | undefined>(arbitrary, Arbitrary.Constant(undefined))

const textOf = (character: Arbitrary.Arbitrary<string>, minLength: number, maxLength: number) =>
  Arbitrary.map(Arbitrary.array(character, { minLength, maxLength }), (characters) => characters.join(""))

const anyOf = (characters: string) => literal(Array.from(characters))

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
const unreserved = `${alphanumeric}-_.~`
const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join("")
const latin = ascii.slice(0x20, 0x7f) + "\té\u00a0ÿ"

/** Code points whose order, length or case is special, and all others beyond Latin-1's controls but the BOM. */
const unicode = either(
  anyOf("éßİ中文\u0301\ue000\ufffd\uffff😀𝒳\u{10ffff}"),
  Arbitrary.map(int(0xa1, 0x10ffff - 0x800), (code) => {
    const character = String.fromCodePoint(code < 0xd800 ? code : code + 0x800)
    return character === "\ufeff" ? "x" : character
  })
)

const segment = textOf(either(anyOf(`${unreserved}!$&()*+,:;=@`), unicode), 0, 12)
const queryText = either<string>(
  literal(["", "a", "b", "ab", "a b", "a{", "__proto__", "limit"]),
  textOf(either(anyOf(ascii), unicode), 0, 8)
)

const reservedNames = ["authorization", "content-type", "host", "x-project-id", "x-sdk-content-sha256", "x-sdk-date"]
const headerName = Arbitrary.filter(
  either<string>(literal(["accept", "user-agent", "x-a", "x-a-b", "x-ab", "x-a1"]), textOf(anyOf("abyz019-.!"), 1, 6)),
  (name) => !reservedNames.includes(name)
)
const trimmed = (value: string) => value.replace(/^[ \t]+|[ \t]+$/g, "")
const header = Arbitrary.all([headerName, Arbitrary.map(textOf(anyOf(latin), 0, 16), trimmed)])
const contentType = literal(["application/json", "text/plain; charset=utf-8", "multipart/form-data; boundary=b"])

const uniqueByName = <A>(pairs: ReadonlyArray<readonly [string, A]>) => [...new Map(pairs)]

export const randomRequest: Arbitrary.Arbitrary<RandomRequest> = Arbitrary.map(
  Arbitrary.all({
    method: literal(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]),
    host: literal(["cbr.cn-north-4.myhuaweicloud.com", "localhost:8080"]),
    segments: Arbitrary.array(segment, { maxLength: 5 }),
    query: Arbitrary.array(Arbitrary.all([queryText, queryText]), { maxLength: 6 }),
    headers: Arbitrary.array(header, { maxLength: 6 }),
    contentType: maybe(contentType),
    isPayloadSigned: boolean,
    isVerbose: boolean,
    body: maybe(Arbitrary.map(Arbitrary.schema(Schema.Json), (value): Schema.Json => ({ value }))),
    projectId: maybe(textOf(anyOf("0123456789abcdef"), 32, 32)),
    securityToken: maybe(textOf(anyOf(`${alphanumeric}+/=`), 1, 80)),
    ak: textOf(anyOf(alphanumeric), 1, 20),
    sk: either(textOf(anyOf(alphanumeric), 1, 80), textOf(unicode, 1, 80)),
    date: Arbitrary.map(int(946_684_800, 4_102_444_799), (second) => DateTime.makeUnsafe(second * 1000))
  }),
  ({ contentType, headers, ...request }) => ({
    ...request,
    headers: [...uniqueByName(headers), ...(contentType === undefined ? [] : [["content-type", contentType] as const])]
  })
)

export const accessKeyOf = (random: RandomRequest): AccessKey => ({
  ak: random.ak,
  sk: Redacted.make(random.sk),
  ...(random.securityToken === undefined ? {} : { security_token: Redacted.make(random.securityToken) })
})

const escaped = (text: string, isVerbose: boolean) =>
  isVerbose
    ? encodeURIComponent(text).replace(/[!'()*a-f]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    : encodeURIComponent(text).replace(/%(?:24|2C|3A|3B|40|2F|3F)/g, decodeURIComponent)

const pair = (name: string, value: string, isVerbose: boolean) =>
  value === "" && name !== "" && !isVerbose
    ? escaped(name, false)
    : `${escaped(name, isVerbose)}=${escaped(value, isVerbose)}`

/** The request as it stands on the wire, unsigned. */
export const onWire = (random: RandomRequest): SignableRequest => {
  const { isVerbose } = random
  const headers = random.headers.map(([name, value]) => [name, isVerbose ? ` ${value}\t ` : value] as const)
  return {
    method: random.method,
    path: `/${random.segments.map((text) => (isVerbose ? escaped(text, true) : text)).join("/")}`,
    query: random.query.map(([name, value]) => pair(name, value, isVerbose)).join("&"),
    headers: {
      host: random.host,
      ...Object.fromEntries(headers),
      ...omitUndefined({ "x-project-id": random.projectId }),
      ...(random.isPayloadSigned ? {} : { "x-sdk-content-sha256": "UNSIGNED-PAYLOAD" })
    },
    body: random.body === undefined ? undefined : JSON.stringify(random.body)
  }
}
