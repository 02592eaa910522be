import * as Schema from "effect/Schema"
import { address, atStart, count, defaulted, matching, text } from "../policy/SettingSchema.ts"
import { exactlyOne, givesAtMostOnce, givesOnce, secretFields } from "./SecretReference.ts"

const SealingKeySection = Schema.Struct({
  id: matching(/^[A-Za-z0-9_-]{1,64}$/u, "expected 1 to 64 letters, digits, _ or -").annotate({
    description: "Name of the key; each encrypted value has it"
  }),
  ...secretFields("key", "32 random bytes in hex, as `openssl rand -hex 32` makes them")
}).check(givesOnce("key"))

const distinct = Schema.makeFilter((keys: ReadonlyArray<{ readonly id: string }>) =>
  new Set(keys.map(({ id }) => id)).size === keys.length ? undefined : "expected different ids"
)

/** Whether an address has a host that is a name or an address, a port up to 65535, a user that can be decoded, and no more. */
const isUsable = (address: string): boolean => {
  try {
    const { hash, hostname, port, search, username } = new URL(address)
    decodeURIComponent(username)
    return hostname !== "" && !hostname.includes("%") && port !== "0" && search + hash === ""
  } catch {
    return false
  }
}

const Node = address(/^(?:[^\s:@/[\]]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/u, "expected HOST:PORT", (node) =>
  isUsable(`redis://${node}`)
)
const nodes = (description: string) =>
  Schema.Array(Node)
    .check(Schema.isMinLength(1, { message: "expected one or more HOST:PORT" }))
    .annotate({ description })

const visible = matching(/^[\x21-\x7e]{1,128}$/u, "expected 1 to 128 visible characters")

/** The master of the moment, by the sentinels that watch it. */
const SentinelSection = Schema.Struct({
  name: visible.annotate({ description: "Name by which the sentinels know the master" }),
  nodes: nodes("Sentinels, as HOST:PORT"),
  username: Schema.optionalKey(visible.annotate({ description: "User name for the sentinels" })),
  ...secretFields("password", "the password of the sentinels")
})
  .check(givesAtMostOnce("password"))
  .annotate({ description: "In place of `url`: the master that sentinels name, also after a fail-over" })

const TlsSection = Schema.Struct({
  ca_file: Schema.optionalKey(text("Certificate authorities to trust, PEM; Node's own by default")),
  cert_file: Schema.optionalKey(text("Certificate of the proxy, PEM, if Redis asks its clients for one")),
  key_file: Schema.optionalKey(text("Private key of that certificate, PEM"))
})
  .check(
    Schema.makeFilter((tls: { readonly cert_file?: string; readonly key_file?: string }) =>
      "cert_file" in tls === "key_file" in tls ? undefined : "expected cert_file and key_file together"
    )
  )
  .annotate({ description: "TLS of the connection; `rediss://` turns it on too" })

/** A password that stands in the address would show wherever the address does. */
const urlForm =
  "expected an address such as redis://127.0.0.1:6379 or rediss://user@host:6379/0; a password goes into password_file, password_env or password_command"

/** The Redis through which replicas share state. */
export const RedisSection = Schema.Struct({
  url: Schema.optionalKey(
    address(
      /^rediss?:\/\/(?:[^\s:@/]+@)?(?:[^\s:@/[\]]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:\/\d{1,3})?$/u,
      urlForm,
      isUsable
    ).annotate({ description: "Address of the Redis that all replicas use; rediss:// for TLS. It may name a user" })
  ),
  sentinel: Schema.optionalKey(SentinelSection),
  cluster: Schema.optionalKey(
    Schema.Struct({ nodes: nodes("Some nodes of the cluster, as HOST:PORT") }).annotate({
      description: "In place of `url`: a Redis Cluster"
    })
  ),
  username: Schema.optionalKey(visible.annotate({ description: "ACL user; overrides the user in `url`" })),
  ...secretFields("password", "the password"),
  tls: Schema.optionalKey(TlsSection),
  prefix: defaulted(
    matching(/^[\x21-\x7e]{1,64}$/u, "expected 1 to 64 visible characters")
      .check(
        Schema.isPattern(/^[^{}]*$/u, { message: "expected no braces, by which a cluster is told where names lie" })
      )
      .annotate({ description: "Prefix of the names of keys and channels; the same for all replicas" }),
    "cbr-proxy:"
  ),
  replicas: defaulted(
    count(
      1,
      1_000,
      "Number of replicas, all processes included: while Redis does not answer, each grants the quotas divided by this number"
    ),
    2
  ),
  revocations: defaulted(
    Schema.Literals(["serve", "refuse"]).annotate({
      description:
        "What the proxy does if it cannot read the revocations for 10 s: `serve` callers, with an alert; or `refuse` them with 503"
    }),
    "serve"
  ),
  time_limit_ms: defaulted(count(1, 1_000, "Maximum time of one operation, in milliseconds"), 20),
  sealing_keys: defaulted(
    Schema.Array(SealingKeySection).check(distinct).annotate({
      description:
        "Keys that encrypt the answers in Redis: the first encrypts, each decrypts; without keys the answers are readable"
    }),
    []
  )
})
  .check(givesAtMostOnce("password"), exactlyOne(["url", "sentinel", "cluster"]))
  .annotate({ description: "The Redis through which replicas share state" })
  .pipe(atStart)

/** The settings of {@link RedisSection}. */
export type RedisSection = typeof RedisSection.Type
