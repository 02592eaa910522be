import * as Schema from "effect/Schema"
import { count, defaulted } from "./Defaulted.ts"
import { givesAtMostOnce, givesOnce, secretFields } from "./SecretReference.ts"

const SealingKeySection = Schema.Struct({
  id: Schema.String.check(
    Schema.isPattern(/^[A-Za-z0-9_-]{1,64}$/u, { message: "expected 1 to 64 letters, digits, _ or -" })
  ).annotate({ description: "Name of the key, which stands in what it seals" }),
  ...secretFields("key", "32 random bytes in hex, as `openssl rand -hex 32` makes them")
}).check(givesOnce("key"))

const distinct = Schema.makeFilter((keys: ReadonlyArray<{ readonly id: string }>) =>
  new Set(keys.map(({ id }) => id)).size === keys.length ? undefined : "expected different ids"
)

/** What several replicas have in common. */
export const RedisSection = Schema.Struct({
  url: Schema.String.check(
    Schema.isPattern(/^rediss?:\/\/(?:[^\s:@/]+@)?[^\s@/]+(?:\/\d{1,3})?$/u, {
      message: "expected an address such as redis://127.0.0.1:6379 or rediss://user@host:6379/0, without a password"
    })
  ).annotate({ description: "The Redis that all replicas use; rediss:// for TLS" }),
  ...secretFields("password", "the password"),
  prefix: defaulted(
    Schema.String.check(
      Schema.isPattern(/^[\x21-\x7e]{1,64}$/u, { message: "expected 1 to 64 visible characters" })
    ).annotate({ description: "What the names of keys and channels begin with; the same for all replicas" }),
    "cbr-proxy:"
  ),
  replicas: defaulted(
    count(1, 1_000, "How many replicas there are: into so many shares quotas are cut while Redis is away"),
    2
  ),
  time_limit_ms: defaulted(count(1, 1_000, "How long one operation may take, in milliseconds"), 20),
  sealing_keys: defaulted(
    Schema.Array(SealingKeySection).check(distinct).annotate({
      description: "Keys by which answers are encrypted: the first encrypts, each decrypts; none leaves them readable"
    }),
    []
  )
})
  .check(givesAtMostOnce("password"))
  .annotate({ description: "A Redis through which replicas work as one; read at start only" })

/** What several replicas have in common. */
export type RedisSection = typeof RedisSection.Type
