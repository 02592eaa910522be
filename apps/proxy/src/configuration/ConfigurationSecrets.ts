import { createSecureContext } from "node:tls"
import { Environment } from "@cbr/client"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type SealingKey, sealingKeyBytes } from "../crypto/Encryption.ts"
import type { RedisTls } from "../store/RedisConnection.ts"
import type { Configuration } from "./Configuration.ts"
import type { CredentialSection } from "./CredentialSection.ts"
import type { RedisSection } from "./RedisSection.ts"
import { referenceOf, type SecretReference } from "./SecretReference.ts"
import { secretOf } from "./Secrets.ts"

/** What `redis` refers to. */
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

/** Where secrets are read from, and where it is told what is wrong with them. */
export interface SecretReading {
  /** Relative names begin here, and commands run here. */
  readonly folder: string
  /** Is told of each secret that cannot be had, or cannot be right, by the setting that leads to it. */
  readonly onFault: (path: ReadonlyArray<PropertyKey>, message: string) => void
}

/** Reads every secret that a configuration refers to. Those that cannot be had are told of, and left out. */
export const secretsOf = Effect.fnUntraced(function* (configuration: Configuration, reading: SecretReading) {
  const secrets = new Map<string, Redacted.Redacted<string>>()
  for (const [name, credential] of Object.entries(configuration.credentials)) {
    const found = secretReferenceOf(credential)
    const secret = found === undefined ? undefined : yield* follow(["credentials", name], found, reading)
    if (secret !== undefined) secrets.set(name, secret)
    // A process's environment never changes: what is not there will not come.
    const own = credential.type === "environment" ? yield* Effect.result(Environment.fromEnvironment) : undefined
    if (own !== undefined && Result.isFailure(own)) reading.onFault(["credentials", name], own.failure.message)
  }
  const accessKeySecrets = new Map<string, Redacted.Redacted<string>>()
  for (const [name, { access_keys }] of Object.entries(configuration.callers)) {
    for (const [index, accessKey] of access_keys.entries()) {
      const at = ["callers", name, "access_keys", index]
      const secret = yield* follow(at, namedSecret("sk", referenceOf("sk", accessKey)), reading)
      if (secret === undefined) continue
      if (Redacted.value(secret).length < shortestSecret) reading.onFault(at, tooShort)
      accessKeySecrets.set(accessKey.ak, secret)
    }
  }
  const all: ConfigurationSecrets = {
    secrets,
    accessKeySecrets,
    redis: {
      ...(yield* redisAccess(configuration.redis, reading)),
      sealingKeys: yield* sealingKeysOf(configuration.redis, reading)
    }
  }
  return all
})

/** What it takes to sign in to Redis: its password, that of its sentinels, and what TLS shows. */
export const redisAccess = Effect.fnUntraced(function* (redis: RedisSection | undefined, reading: SecretReading) {
  if (redis === undefined) return { password: undefined }
  const password = referenceOf("password", redis)
  const sentinelPassword = redis.sentinel === undefined ? {} : referenceOf("password", redis.sentinel)
  const access: Omit<RedisSecrets, "sealingKeys"> = {
    password: isGiven(password) ? yield* follow(["redis"], namedSecret("password", password), reading) : undefined,
    sentinelPassword: isGiven(sentinelPassword)
      ? yield* follow(["redis", "sentinel"], namedSecret("password", sentinelPassword), reading)
      : undefined,
    tls: redis.tls === undefined ? undefined : yield* redisTls(redis.tls, reading)
  }
  return access
})

const redisTls = Effect.fnUntraced(function* (
  { ca_file, cert_file, key_file }: NonNullable<RedisSection["tls"]>,
  reading: SecretReading
) {
  const pem = (setting: string, file: string | undefined) =>
    file === undefined ? Effect.undefined : follow(["redis", "tls"], { reference: { file }, setting }, reading)
  const [ca, cert, key] = [
    yield* pem("ca_file", ca_file),
    yield* pem("cert_file", cert_file),
    yield* pem("key_file", key_file)
  ]
  const tls: RedisTls = {
    ca: ca && Redacted.value(ca),
    cert: cert && Redacted.value(cert),
    key
  }
  yield* Effect.try({
    try: () => createSecureContext({ ca: tls.ca, cert: tls.cert, key: key && Redacted.value(key) }),
    // OpenSSL's words help only a user that has written the file by hand.
    catch: () => "the files are not PEM, or certificate and key do not belong together"
  }).pipe(Effect.catch((message) => Effect.sync(() => reading.onFault(["redis", "tls"], message))))
  return tls
})

const sealingKeysOf = Effect.fnUntraced(function* (redis: RedisSection | undefined, reading: SecretReading) {
  const keys: Array<SealingKey> = []
  for (const [index, section] of (redis?.sealing_keys ?? []).entries()) {
    const at = ["redis", "sealing_keys", index]
    const secret = yield* follow(at, namedSecret("key", referenceOf("key", section)), reading)
    if (secret === undefined) continue
    const key = Hex.decode(Redacted.value(secret))
    if (Result.isSuccess(key) && key.success.length === sealingKeyBytes) {
      keys.push({ id: section.id, key: Redacted.make(key.success) })
    } else reading.onFault(at, `the key is not ${sealingKeyBytes} bytes in hex`)
  }
  return keys
})

/** Names of the files in which a configuration's secrets stand. */
export const secretFilesOf = ({ callers, credentials, redis }: Configuration): ReadonlyArray<string> =>
  [
    ...Object.values(credentials).flatMap((credential) => secretReferenceOf(credential)?.reference ?? []),
    ...Object.values(callers).flatMap(({ access_keys }) => access_keys.map((key) => referenceOf("sk", key))),
    ...(redis === undefined ? [] : [referenceOf("password", redis)]),
    ...(redis?.sentinel === undefined ? [] : [referenceOf("password", redis.sentinel)]),
    ...[redis?.tls?.ca_file, redis?.tls?.cert_file, redis?.tls?.key_file].map((file) => ({ file })),
    ...(redis?.sealing_keys ?? []).map((section) => referenceOf("key", section))
  ].flatMap(({ file }) => file ?? [])

const follow = Effect.fnUntraced(function* (
  path: ReadonlyArray<PropertyKey>,
  { reference, setting }: { readonly reference: SecretReference; readonly setting: string },
  { folder, onFault }: SecretReading
) {
  const secret = yield* Effect.result(secretOf(reference, folder))
  if (Result.isSuccess(secret)) return secret.success
  onFault([...path, setting], secret.failure.message)
  return undefined
})

/** A signature can be tried against guesses by any program that sees one, without a limit. */
const shortestSecret = 32
const tooShort = `the secret access key has fewer than ${shortestSecret} characters`

/** Which secret a credential needs, and the setting that says where it is. */
const secretReferenceOf = (
  credential: CredentialSection
): { readonly reference: SecretReference; readonly setting: string } | undefined => {
  switch (credential.type) {
    case "access_key":
      return namedSecret("sk", referenceOf("sk", credential))
    case "token":
      return namedSecret("token", referenceOf("token", credential))
    case "password":
      return namedSecret("password", referenceOf("password", credential))
    case "agency":
    case "chain":
    case "environment":
      return undefined
  }
}

const isGiven = (reference: SecretReference) => Object.values(reference).some((way) => way !== undefined)

const namedSecret = (name: string, reference: SecretReference) => {
  const way = (["file", "env", "command"] as const).find((each) => reference[each] !== undefined)
  return { reference, setting: way === undefined ? name : `${name}_${way}` }
}
