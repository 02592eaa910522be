import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { readText } from "../http/TextFile.ts"
import { certificateIn, certificateWarning, type TlsIdentity, tlsIdentity } from "../http/Tls.ts"
import type { Configuration } from "./Configuration.ts"
import { type ConfigurationFault, ConfigurationInvalid, fromTheTop } from "./ConfigurationFault.ts"
import { type ConfigurationSecrets, secretFilesOf, type SecretReading, secretsOf } from "./ConfigurationSecrets.ts"
import * as ConfigurationText from "./ConfigurationText.ts"
import { environmentOverrides } from "./EnvironmentOverride.ts"
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
  /** The same for the same contents, of these files and of the environment; but for those of the keys, which are followed by themselves. */
  readonly fingerprint: string
}

const invalidIn = (file: string) => (faults: ReadonlyArray<ConfigurationFault>) =>
  new ConfigurationInvalid({ file, faults })

/** What there is to be read of a configuration, and what came of it. */
export interface Examined {
  /** Everything that is wrong, from the top of the file down. */
  readonly faults: ReadonlyArray<ConfigurationFault>
  readonly warnings: ReadonlyArray<ConfigurationFault>
  /** What could be read; absent where there are faults. */
  readonly loaded?: Loaded
  /** What the file says by itself, as far as it can be read. */
  readonly located?: ConfigurationText.Located | undefined
}

const textOf = Effect.fnUntraced(
  function* (file: string) {
    const text = yield* Effect.mapError(readText(file), ({ message }) =>
      invalidIn(file)([{ message: `cannot be read: ${message}`, setting: "" }])
    )
    return { text, overrides: yield* environmentOverrides }
  },
  (reading, file) =>
    Effect.catchTag(reading, "ConfigError", ({ message }) => Effect.fail(invalidIn(file)([{ message, setting: "" }])))
)

/** The configuration in a file, without the secrets and keys that it refers to. */
export const configurationIn = Effect.fnUntraced(function* (file: string) {
  const { overrides, text } = yield* textOf(file)
  const read = ConfigurationText.read(text, overrides)
  return Result.isSuccess(read) ? read.success.configuration : yield* invalidIn(file)(read.failure)
})

/**
 * Reads a configuration file and what it refers to: environment, files of
 * secrets, keys, a certificate. Relative names start from the file's folder.
 * Fails with all that is wrong.
 */
export const load = Effect.fn("ConfigurationFile.load")(function* (file: string) {
  const { faults, loaded } = yield* examine(file)
  return loaded ?? (yield* invalidIn(file)(faults))
})

/**
 * Reads as {@link load} does, and goes on past what is wrong, to tell all of it.
 *
 * @param withoutSecrets leaves alone what only the proxy's own user may read: secrets, the private key and the file of keys
 */
export const examine = Effect.fn("ConfigurationFile.examine")(
  function* (
    file: string,
    { withoutSecrets = false }: { readonly withoutSecrets?: boolean } = {}
  ): Effect.fn.Return<
    Examined,
    ConfigurationInvalid | Effect.Error<typeof environmentOverrides>,
    ChildProcessSpawner.ChildProcessSpawner | Digest.Digest | FileSystem.FileSystem | Path.Path
  > {
    const path = yield* Path.Path
    const { overrides, text } = yield* textOf(file)
    const { faults: written, located } = ConfigurationText.readAll(text, overrides)
    if (located === undefined) return { faults: written, warnings: [] }
    const { configuration, fault } = located

    const faults = [...written]
    const warnings: Array<ConfigurationFault> = []
    const folder = path.resolve(path.dirname(file))
    const beside = (name: string) => path.resolve(folder, name)
    const files = [path.resolve(file), ...secretFilesOf(configuration).map(beside)]
    const onFault: SecretReading["onFault"] = (at, message) => void faults.push(fault(at, message))
    const secrets = withoutSecrets ? noSecrets : yield* secretsOf(configuration, { folder, onFault })

    const { tls: tlsFiles } = configuration.listen
    let tls: TlsIdentity | undefined
    if (tlsFiles !== undefined) {
      const named = { cert_file: beside(tlsFiles.cert_file), key_file: beside(tlsFiles.key_file) }
      files.push(named.cert_file, named.key_file)
      const identity = withoutSecrets ? Result.succeed(undefined) : yield* Effect.result(tlsIdentity(named))
      if (Result.isSuccess(identity)) tls = identity.success
      else onFault(["listen", "tls", identity.failure.setting], identity.failure.message)
      const certificate = yield* Effect.result(certificateIn(named.cert_file))
      if (Result.isSuccess(certificate)) {
        const warning = certificateWarning(certificate.success, yield* DateTime.now)
        if (warning !== undefined) warnings.push(fault(["listen", "tls", "cert_file"], warning))
      } else if (withoutSecrets) onFault(["listen", "tls", "cert_file"], certificate.failure.message)
    }

    const keys_file = configuration.keys_file === undefined ? undefined : beside(configuration.keys_file)
    if (keys_file !== undefined) files.push(keys_file)
    const keys = yield* Effect.result(
      keys_file === undefined || withoutSecrets ? Effect.succeed([]) : KeysFile.read(keys_file)
    )
    if (Result.isFailure(keys)) onFault(["keys_file"], keys.failure.message)
    else if (written.length === 0) {
      for (const { caller, id } of keys.success) {
        if (!Object.hasOwn(configuration.callers, caller)) {
          onFault(["keys_file"], `its key ${id} is for ${caller}, which is not under callers`)
        }
      }
    }
    const withKey = new Set(Result.isSuccess(keys) ? keys.success.map(({ caller }) => caller) : [])
    // The first key is made when there is a configuration, and the last one taken away while it is in force.
    for (const [id, { access_keys, keys, tokens }] of Object.entries(configuration.callers)) {
      if (withKey.has(id) || keys.length + access_keys.length + tokens.length > 0) continue
      if (keys_file === undefined) warnings.push(fault(["callers", id], noKeyEver))
      else if (!withoutSecrets) warnings.push(fault(["callers", id], noKeyYet(id, file)))
    }
    if (faults.length > 0 || Result.isFailure(keys)) return { faults: fromTheTop(faults), warnings, located }

    const fingerprint = yield* Digest.Digest.use(({ digestHex }) =>
      digestHex(
        Digest.sha256,
        new TextEncoder().encode(
          JSON.stringify([
            text,
            configuration,
            [...secrets.secrets, ...secrets.accessKeySecrets].map(([name, secret]) => [name, Redacted.value(secret)]),
            tls === undefined ? [] : [tls.cert, Redacted.value(tls.key)]
          ])
        )
      )
    )
    const loaded: Loaded = {
      warnings,
      configuration,
      ...secrets,
      keys: keys.success,
      keys_file,
      tls,
      files,
      fingerprint
    }
    return { faults, warnings, loaded, located }
  },
  (examining, file: string, _options?: { readonly withoutSecrets?: boolean }) =>
    Effect.catchTag(examining, "ConfigError", ({ message }) => Effect.fail(invalidIn(file)([{ message, setting: "" }])))
)

const noSecrets: ConfigurationSecrets = {
  secrets: new Map(),
  accessKeySecrets: new Map(),
  redis: { password: undefined, sealingKeys: [] }
}

const noKeyEver = "this caller has no key: give it keys, access_keys or tokens, or name a keys_file"
const noKeyYet = (id: string, file: string) =>
  `this caller has no key yet; make one with \`cbr-proxy keys create --config ${inShell(file)} --caller ${id}\``

/** A file's name as a shell takes it: in quotes where it holds a space or a sign. */
const inShell = (file: string): string => (/^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`)
