import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type TlsIdentity, tlsIdentity } from "../edge/Tls.ts"
import { environmentOverrides } from "../Settings.ts"
import type { Configuration } from "./Configuration.ts"
import { type ConfigurationFault, ConfigurationInvalid } from "./ConfigurationFault.ts"
import { type ConfigurationSecrets, secretFilesOf, type SecretReading, secretsOf } from "./ConfigurationSecrets.ts"
import * as ConfigurationText from "./ConfigurationText.ts"
import { whyUnread } from "./FileTrouble.ts"
import * as KeysFile from "./KeysFile.ts"

/** A configuration with everything that it refers to. */
export interface Loaded extends ConfigurationSecrets {
  readonly configuration: Configuration
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

/** The configuration in a file, without the secrets and keys that it refers to. */
export const configurationIn = (file: string) => Effect.map(readAlone(file), ({ configuration }) => configuration)

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
    const read = [path.resolve(file), ...secretFilesOf(configuration).map(beside)]
    const onFault: SecretReading["onFault"] = (at, message) => void faults.push(fault(at, message))
    const secrets = yield* secretsOf(configuration, { folder, onFault })

    const { tls: tlsFiles } = configuration.listen
    let tls: TlsIdentity | undefined
    if (tlsFiles !== undefined) {
      const [cert_file, key_file] = [beside(tlsFiles.cert_file), beside(tlsFiles.key_file)]
      read.push(cert_file, key_file)
      const identity = yield* Effect.result(tlsIdentity({ cert_file, key_file }))
      if (Result.isSuccess(identity)) tls = identity.success
      else faults.push(fault(["listen", "tls", identity.failure.setting], identity.failure.message))
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
            [...secrets.secrets, ...secrets.accessKeySecrets].map(([name, secret]) => [name, Redacted.value(secret)]),
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
      ...secrets,
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
