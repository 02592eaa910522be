import { createSecureContext } from "node:tls"
import { Environment } from "@cbr/client"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type SealingKey, sealingKeyBytes } from "../crypto/Encryption.ts"
import type { RedisTls } from "../store/RedisAddress.ts"
import type { Configuration } from "./Configuration.ts"
import type { CredentialSection } from "./CredentialSection.ts"
import type { RedisSection } from "./RedisSection.ts"
import { referenceOf, type SecretReference } from "./SecretReference.ts"
import { secretOf } from "./SecretResolution.ts"

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

/** A secret that a configuration refers to, and where. */
interface SecretPlace {
  readonly path: ReadonlyArray<PropertyKey>
  readonly reference: SecretReference
}

const placeOf = (path: ReadonlyArray<PropertyKey>, name: string, struct: object = {}): SecretPlace | undefined => {
  const reference = referenceOf(name, struct)
  return reference === undefined ? undefined : { path, reference }
}

const pemOf = (tls: NonNullable<RedisSection["tls"]> | undefined, setting: "ca_file" | "cert_file" | "key_file") => {
  const file = tls?.[setting]
  return file === undefined ? undefined : { path: ["redis", "tls"], reference: { setting, file } }
}

/** What the secret of a credential is called in its section; `undefined` for a type without one. */
const secretNames: Readonly<Record<CredentialSection["type"], string | undefined>> = {
  access_key: "sk",
  token: "token",
  password: "password",
  agency: undefined,
  chain: undefined,
  environment: undefined
}

/** What of a configuration refers to secrets. */
type Secretive = Pick<Configuration, "callers" | "credentials"> & { readonly redis?: RedisSection | undefined }

/** Where the secrets of a configuration stand. */
const placesIn = ({ callers, credentials, redis }: Secretive) => ({
  credentials: Object.entries(credentials).map(([name, credential]) => {
    const secret = secretNames[credential.type]
    return [name, secret === undefined ? undefined : placeOf(["credentials", name], secret, credential)] as const
  }),
  accessKeys: Object.entries(callers).flatMap(([name, { access_keys }]) =>
    access_keys.map((key, index) => [key.ak, placeOf(["callers", name, "access_keys", index], "sk", key)] as const)
  ),
  password: placeOf(["redis"], "password", redis),
  sentinelPassword: placeOf(["redis", "sentinel"], "password", redis?.sentinel),
  ca: pemOf(redis?.tls, "ca_file"),
  cert: pemOf(redis?.tls, "cert_file"),
  key: pemOf(redis?.tls, "key_file"),
  sealingKeys: (redis?.sealing_keys ?? []).map(
    (key, index) => [key.id, placeOf(["redis", "sealing_keys", index], "key", key)] as const
  )
})

/** Names of the files in which a configuration's secrets stand. */
export const secretFilesOf = (configuration: Configuration): ReadonlyArray<string> => {
  const { accessKeys, ca, cert, credentials, key, password, sealingKeys, sentinelPassword } = placesIn(configuration)
  const named = [...credentials, ...accessKeys, ...sealingKeys].map(([, place]) => place)
  return [...named, password, sentinelPassword, ca, cert, key].flatMap((place) =>
    place !== undefined && "file" in place.reference ? place.reference.file : []
  )
}

/** The secret of a place; one that cannot be had is told of, and left out. */
const follow = Effect.fnUntraced(function* (place: SecretPlace | undefined, { folder, onFault }: SecretReading) {
  if (place === undefined) return undefined
  const secret = yield* Effect.result(secretOf(place.reference, folder))
  if (Result.isSuccess(secret)) return secret.success
  onFault([...place.path, place.reference.setting], secret.failure.message)
  return undefined
})

/** Reads every secret that a configuration refers to. Those that cannot be had are told of, and left out. */
export const secretsOf = Effect.fnUntraced(function* (configuration: Configuration, reading: SecretReading) {
  const places = placesIn(configuration)
  const secrets = new Map<string, Redacted.Redacted<string>>()
  for (const [name, place] of places.credentials) {
    const secret = yield* follow(place, reading)
    if (secret !== undefined) secrets.set(name, secret)
    // A process's environment never changes: what is not there will not come.
    if (configuration.credentials[name]?.type !== "environment") continue
    const own = yield* Effect.result(Environment.fromEnvironment)
    if (Result.isFailure(own)) reading.onFault(["credentials", name], own.failure.message)
  }
  const accessKeySecrets = new Map<string, Redacted.Redacted<string>>()
  for (const [ak, place] of places.accessKeys) {
    const secret = yield* follow(place, reading)
    if (place === undefined || secret === undefined) continue
    if (Redacted.value(secret).length < minSecret) reading.onFault(place.path, tooShort)
    accessKeySecrets.set(ak, secret)
  }
  const sealingKeys: Array<SealingKey> = []
  const access = yield* redisAccess(configuration.redis, reading)
  for (const [id, place] of places.sealingKeys) {
    const secret = yield* follow(place, reading)
    if (place === undefined || secret === undefined) continue
    const key = Hex.decode(Redacted.value(secret))
    if (Result.isSuccess(key) && key.success.length === sealingKeyBytes) {
      sealingKeys.push({ id, key: Redacted.make(key.success) })
    } else reading.onFault(place.path, `the key is not ${sealingKeyBytes} bytes in hex`)
  }
  const all: ConfigurationSecrets = { secrets, accessKeySecrets, redis: { ...access, sealingKeys } }
  return all
})

/** What it takes to sign in to Redis: its password, that of its sentinels, and what TLS shows. */
export const redisAccess = Effect.fnUntraced(function* (redis: RedisSection | undefined, reading: SecretReading) {
  const places = placesIn({ callers: {}, credentials: {}, redis })
  const access: Omit<RedisSecrets, "sealingKeys"> = {
    password: yield* follow(places.password, reading),
    sentinelPassword: yield* follow(places.sentinelPassword, reading)
  }
  if (redis?.tls === undefined) return access
  const ca = yield* follow(places.ca, reading)
  const cert = yield* follow(places.cert, reading)
  const tls: RedisTls = {
    ca: ca && Redacted.value(ca),
    cert: cert && Redacted.value(cert),
    key: yield* follow(places.key, reading)
  }
  yield* Effect.try({
    try: () => createSecureContext({ ca: tls.ca, cert: tls.cert, key: tls.key && Redacted.value(tls.key) }),
    // OpenSSL's words help only a user that has written the file by hand.
    catch: () => "the files are not PEM, or certificate and key do not belong together"
  }).pipe(Effect.catch((message) => Effect.sync(() => reading.onFault(["redis", "tls"], message))))
  return { ...access, tls }
})

/** A signature can be tried against guesses by any program that sees one, without a limit. */
const minSecret = 32
const tooShort = `the secret access key has fewer than ${minSecret} characters`
