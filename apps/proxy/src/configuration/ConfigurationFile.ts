import { Environment } from "@cbr/client"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type TlsIdentity, tlsIdentity } from "../edge/Tls.ts"
import { type SealingKey, sealingKeyBytes } from "../replicas/SealedText.ts"
import { environmentOverrides } from "../Settings.ts"
import type { Configuration } from "./Configuration.ts"
import { type ConfigurationFault, ConfigurationInvalid } from "./ConfigurationFault.ts"
import * as ConfigurationText from "./ConfigurationText.ts"
import type { CredentialSection } from "./CredentialSection.ts"
import { whyUnread } from "./FileTrouble.ts"
import * as KeysFile from "./KeysFile.ts"
import { referenceOf, type SecretReference } from "./SecretReference.ts"
import { secretOf } from "./Secrets.ts"

/** What `redis` refers to. */
export interface RedisSecrets {
  readonly password: Redacted.Redacted<string> | undefined
  readonly sealingKeys: ReadonlyArray<SealingKey>
}

/** A configuration with everything that it refers to. */
export interface Loaded {
  readonly configuration: Configuration
  /** Secrets of `credentials`, by the credential's name. */
  readonly secrets: ReadonlyMap<string, Redacted.Redacted<string>>
  /** Secrets of the callers' access keys, by access key id. */
  readonly accessKeySecrets: ReadonlyMap<string, Redacted.Redacted<string>>
  /** Secrets of `redis`. */
  readonly redis: RedisSecrets
  /** What `keys_file` holds. */
  readonly keys: ReadonlyArray<KeysFile.KeyRecord>
  /** What is hardly meant so, and can be served all the same. */
  readonly warnings: ReadonlyArray<ConfigurationFault>
  /** Where the keys file lies. */
  readonly keys_file: string | undefined
  /** What the server shows of itself, where it speaks TLS. */
  readonly tls: TlsIdentity | undefined
  /** Every file that was read. */
  readonly files: ReadonlyArray<string>
  /** The same for the same contents, of these files and of the environment. */
  readonly fingerprint: string
}

const invalidIn = (file: string) => (faults: ReadonlyArray<ConfigurationFault>) =>
  new ConfigurationInvalid({ file, faults })

const ofShell = /^\/(?:dev|proc\/self)\/fd\//

/** What a configuration file says by itself. */
const readAlone = Effect.fnUntraced(function* (file: string) {
  const invalid = invalidIn(file)
  const files = yield* FileSystem.FileSystem
  const unread = (why: string) => invalid([{ message: `cannot be read: ${why}`, setting: "" }])
  const type = yield* Effect.option(Effect.map(files.stat(file), ({ type }) => type))
  // To open one is to wait for who writes to it, which no signal ends. A shell's `<(…)` has its writer.
  if (Option.contains(type, "FIFO") && !ofShell.test(file)) {
    return yield* unread("it is a named pipe, which nobody may ever write to: name a file")
  }
  const text = yield* files
    .readFileString(file)
    .pipe(Effect.catchTag("PlatformError", (error) => Effect.fail(unread(whyUnread(error)))))
  const located = ConfigurationText.read(text, yield* environmentOverrides)
  if (Result.isFailure(located)) return yield* invalid(located.failure)
  return { text, ...located.success }
})

/**
 * Reads a configuration file and what it refers to: environment, files of
 * secrets, keys, a certificate. Relative names start from the file's folder. Fails with all
 * that is wrong.
 */
export const load = Effect.fn("ConfigurationFile.load")(
  function* (file: string) {
    const path = yield* Path.Path
    const { configuration, fault, text } = yield* readAlone(file)

    const faults: Array<ConfigurationFault> = []
    const folder = path.resolve(path.dirname(file))
    const beside = (name: string) => path.resolve(folder, name)
    const read = [path.resolve(file)]

    const secrets = new Map<string, Redacted.Redacted<string>>()
    const follow = Effect.fnUntraced(function* (
      path: ReadonlyArray<PropertyKey>,
      { reference, setting }: { readonly reference: SecretReference; readonly setting: string }
    ) {
      if (reference.file !== undefined) read.push(beside(reference.file))
      const secret = yield* Effect.result(secretOf(reference, folder))
      if (Result.isSuccess(secret)) return secret.success
      faults.push(fault([...path, setting], secret.failure.message))
      return undefined
    })
    for (const [name, credential] of Object.entries(configuration.credentials)) {
      const found = secretReferenceOf(credential)
      const secret = found === undefined ? undefined : yield* follow(["credentials", name], found)
      if (secret !== undefined) secrets.set(name, secret)
      // A process's environment never changes: what is not there will not come.
      const own = credential.type === "environment" ? yield* Effect.result(Environment.fromEnvironment) : undefined
      if (own !== undefined && Result.isFailure(own)) faults.push(fault(["credentials", name], own.failure.message))
    }
    const accessKeySecrets = new Map<string, Redacted.Redacted<string>>()
    for (const [name, { access_keys }] of Object.entries(configuration.callers)) {
      for (const [index, accessKey] of access_keys.entries()) {
        const at = ["callers", name, "access_keys", index]
        const secret = yield* follow(at, namedSecret("sk", referenceOf("sk", accessKey)))
        if (secret === undefined) continue
        if (Redacted.value(secret).length < shortestSecret) faults.push(fault(at, tooShort))
        accessKeySecrets.set(accessKey.ak, secret)
      }
    }

    const { tls: tlsFiles } = configuration.listen
    let tls: TlsIdentity | undefined
    if (tlsFiles !== undefined) {
      const [cert_file, key_file] = [beside(tlsFiles.cert_file), beside(tlsFiles.key_file)]
      read.push(cert_file, key_file)
      const identity = yield* Effect.result(tlsIdentity({ cert_file, key_file }))
      if (Result.isSuccess(identity)) tls = identity.success
      else faults.push(fault(["listen", "tls", identity.failure.setting], identity.failure.message))
    }

    const { redis } = configuration
    const password = redis === undefined ? {} : referenceOf("password", redis)
    const sealingKeys: Array<SealingKey> = []
    for (const [index, section] of (redis?.sealing_keys ?? []).entries()) {
      const at = ["redis", "sealing_keys", index]
      const secret = yield* follow(at, namedSecret("key", referenceOf("key", section)))
      if (secret === undefined) continue
      const key = Hex.decode(Redacted.value(secret))
      if (Result.isSuccess(key) && key.success.length === sealingKeyBytes) {
        sealingKeys.push({ id: section.id, key: Redacted.make(key.success) })
      } else faults.push(fault(at, `the key is not ${sealingKeyBytes} bytes in hex`))
    }
    const redisSecrets: RedisSecrets = {
      password: isGiven(password) ? yield* follow(["redis"], namedSecret("password", password)) : undefined,
      sealingKeys
    }

    const keys_file = configuration.keys_file === undefined ? undefined : beside(configuration.keys_file)
    if (keys_file !== undefined) read.push(keys_file)
    const keys = yield* Effect.result(keys_file === undefined ? Effect.succeed([]) : KeysFile.read(keys_file))
    if (Result.isFailure(keys)) faults.push(fault(["keys_file"], keys.failure.message))
    else {
      for (const { caller, id } of keys.success) {
        if (!Object.hasOwn(configuration.callers, caller)) {
          faults.push(fault(["keys_file"], `its key ${id} is for ${caller}, who is not under callers`))
        }
      }
    }
    if (faults.length > 0 || Result.isFailure(keys)) return yield* invalidIn(file)(faults)

    const fingerprint = yield* Digest.Digest.use(({ digestHex }) =>
      digestHex(
        Digest.sha256,
        new TextEncoder().encode(
          JSON.stringify([
            text,
            configuration,
            [...secrets, ...accessKeySecrets].map(([name, secret]) => [name, Redacted.value(secret)]),
            keys.success.map((key) => [key, Redacted.value(key.sha256)]),
            tls === undefined ? [] : [tls.cert, Redacted.value(tls.key)]
          ])
        )
      )
    )
    const withKey = new Set(keys.success.map(({ caller }) => caller))
    const loaded: Loaded = {
      // The first key is made when there is a configuration, and the last one taken away while it is in force.
      warnings: Object.entries(configuration.callers)
        .filter(
          ([id, { access_keys, keys, tokens }]) =>
            !withKey.has(id) && keys.length + access_keys.length + tokens.length === 0
        )
        .map(([id]) => fault(["callers", id], keys_file === undefined ? nobodyEver : nobodyYet(id))),
      configuration,
      secrets,
      accessKeySecrets,
      redis: redisSecrets,
      keys: keys.success,
      keys_file,
      tls,
      files: read,
      fingerprint
    }
    return loaded
  },
  (loading, file: string) =>
    Effect.catchTag(loading, "ConfigError", ({ message }) => Effect.fail(invalidIn(file)([{ message, setting: "" }])))
)

const nobodyEver = "nobody can be this caller: give it keys, access_keys or tokens, or name a keys_file"
const nobodyYet = (id: string) =>
  `nobody can be this caller until \`cbr-proxy keys create --caller ${id}\` has made a key`

/** A signature can be tried against guesses by anyone who sees one, as often as they like. */
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
