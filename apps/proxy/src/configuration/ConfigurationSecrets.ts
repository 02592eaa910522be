import { Environment } from "@cbr/client"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type SealingKey, sealingKeyBytes } from "../crypto/Encryption.ts"
import { certificateIn, tlsIdentity } from "../http/Tls.ts"
import type { RedisTls } from "../store/RedisAddress.ts"
import type { Configuration } from "./Configuration.ts"
import type { RedisSection } from "./RedisSection.ts"
import { referenceOf } from "./SecretReference.ts"
import { SecretMissing, secretOf } from "./SecretResolution.ts"
import type { SettingPath } from "./SettingTree.ts"

/** The secrets that `redis` refers to. */
export interface RedisSecrets {
  readonly password: Redacted.Redacted<string> | undefined
  /** The password of its sentinels. */
  readonly sentinelPassword?: Redacted.Redacted<string> | undefined
  readonly tls?: RedisTls | undefined
  readonly sealingKeys: ReadonlyArray<SealingKey>
}

/** The secrets that a configuration refers to. */
export interface ConfigurationSecrets {
  /** Secrets of `credentials`, by the credential's name. */
  readonly secrets: ReadonlyMap<string, Redacted.Redacted<string>>
  /** Secrets of the callers' access keys, by access key id. */
  readonly accessKeySecrets: ReadonlyMap<string, Redacted.Redacted<string>>
  /** Secrets of `redis`. */
  readonly redis: RedisSecrets
}

/** The surroundings of a configuration's secrets, and the listener for their faults. */
export interface SecretReading {
  /** Commands run here. */
  readonly folder: string
  /** Returns the absolute name of a file, and may note it as one to watch. */
  readonly locate: (name: string) => string
  /** Called for each secret that is missing or malformed, with the setting that leads to it. */
  readonly onFault: (path: SettingPath, message: string) => void
}

/** The value that an Effect reads. Tells the listener of a failure, and succeeds with undefined then. */
export const attempt = <A, E extends { readonly message: string; readonly setting?: string }, R>(
  { onFault }: Pick<SecretReading, "onFault">,
  path: SettingPath,
  reading: Effect.Effect<A, E, R>
) =>
  reading.pipe(
    Effect.catch(({ message, setting }) =>
      Effect.as(
        Effect.sync(() => onFault(setting === undefined ? path : [...path, setting], message)),
        undefined
      )
    )
  )

/** Reads the secret that a section gives under a name. Returns undefined without one, and after a fault. */
const secretAt = Effect.fnUntraced(function* <A>(
  path: SettingPath,
  name: string,
  section: object | undefined,
  reading: SecretReading,
  parse: (secret: Redacted.Redacted<string>) => Effect.Effect<A, SecretMissing>
) {
  const reference = referenceOf(name, section ?? {})
  if (reference === undefined) return undefined
  const { folder, locate } = reading
  const located = "file" in reference ? { ...reference, file: locate(reference.file) } : reference
  return yield* attempt(reading, [...path, reference.setting], Effect.flatMap(secretOf(located, folder), parse))
})

/** A program that sees a signature can try guesses against it without a limit. */
const minSecret = 32

const longEnough = (secret: Redacted.Redacted<string>) =>
  Redacted.value(secret).length < minSecret
    ? Effect.fail(new SecretMissing({ message: `the secret access key has fewer than ${minSecret} characters` }))
    : Effect.succeed(secret)

const sealingKey = (secret: Redacted.Redacted<string>) => {
  const key = Hex.decode(Redacted.value(secret))
  return Result.isSuccess(key) && key.success.length === sealingKeyBytes
    ? Effect.succeed(Redacted.make(key.success))
    : Effect.fail(
        new SecretMissing({
          message: `the key is not ${sealingKeyBytes} bytes in hex; \`openssl rand -hex ${sealingKeyBytes}\` makes one`
        })
      )
}

/** Reads every secret that a configuration refers to, but for those with a fault. */
export const secretsOf = Effect.fnUntraced(function* (
  { callers, credentials, redis }: Configuration,
  reading: SecretReading
) {
  const secrets = new Map<string, Redacted.Redacted<string>>()
  for (const [name, credential] of Object.entries(credentials)) {
    for (const setting of ["sk", "token", "password"]) {
      const secret = yield* secretAt(["credentials", name], setting, credential, reading, Effect.succeed)
      if (secret !== undefined) secrets.set(name, secret)
    }
    // A process's environment never changes: what is not there will not come.
    if (credential.type !== "environment") continue
    yield* attempt(reading, ["credentials", name], Environment.fromEnvironment)
  }
  const accessKeySecrets = new Map<string, Redacted.Redacted<string>>()
  for (const [name, { access_keys }] of Object.entries(callers)) {
    for (const [index, key] of access_keys.entries()) {
      const secret = yield* secretAt(["callers", name, "access_keys", index], "sk", key, reading, longEnough)
      if (secret !== undefined) accessKeySecrets.set(key.ak, secret)
    }
  }
  const access = yield* redisAccess(redis, reading)
  const sealingKeys: Array<SealingKey> = []
  for (const [index, section] of (redis?.sealing_keys ?? []).entries()) {
    const key = yield* secretAt(["redis", "sealing_keys", index], "key", section, reading, sealingKey)
    if (key !== undefined) sealingKeys.push({ id: section.id, key })
  }
  return { secrets, accessKeySecrets, redis: { ...access, sealingKeys } } satisfies ConfigurationSecrets
})

/** Reads the secrets that sign in to Redis: its password, that of its sentinels, and its files for TLS. */
export const redisAccess = Effect.fnUntraced(function* (redis: RedisSection | undefined, reading: SecretReading) {
  const access: Omit<RedisSecrets, "sealingKeys"> = {
    password: yield* secretAt(["redis"], "password", redis, reading, Effect.succeed),
    sentinelPassword: yield* secretAt(["redis", "sentinel"], "password", redis?.sentinel, reading, Effect.succeed)
  }
  return redis?.tls === undefined ? access : { ...access, tls: yield* redisTls(redis.tls, reading) }
})

const redisTls = Effect.fnUntraced(function* (
  { ca_file, cert_file, key_file }: NonNullable<RedisSection["tls"]>,
  reading: SecretReading
) {
  const { locate } = reading
  const authorities =
    ca_file === undefined
      ? undefined
      : yield* attempt(
          reading,
          ["redis", "tls"],
          Effect.mapError(certificateIn(locate(ca_file)), ({ message }) => ({ message, setting: "ca_file" }))
        )
  const identity =
    cert_file === undefined || key_file === undefined
      ? undefined
      : yield* attempt(
          reading,
          ["redis", "tls"],
          tlsIdentity({ cert_file: locate(cert_file), key_file: locate(key_file) })
        )
  return { ca: authorities?.text, ...identity } satisfies RedisTls
})
