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
import { attempt, type ConfigurationSecrets, type SecretReading, secretsOf } from "./ConfigurationSecrets.ts"
import * as ConfigurationText from "./ConfigurationText.ts"
import { invertedLimits } from "./Contradictions.ts"
import { environmentOverrides } from "./EnvironmentOverride.ts"
import * as KeysFile from "./KeysFile.ts"

/** A configuration with everything that it refers to. */
export interface Loaded extends ConfigurationSecrets {
  readonly configuration: Configuration
  /** The keys in `keys_file`. */
  readonly keys: ReadonlyArray<KeysFile.KeyRecord>
  /** Settings that are probably a mistake, though the proxy can serve with them. */
  readonly warnings: ReadonlyArray<ConfigurationFault>
  /** The absolute name of the keys file. */
  readonly keys_file: string | undefined
  /** The server's certificate and key, if it speaks TLS. */
  readonly tls: TlsIdentity | undefined
  /** Every file that was read. */
  readonly files: ReadonlyArray<string>
  /** A hash of the contents of these files and of the environment, without the keys, which are followed by themselves. */
  readonly fingerprint: string
}

const invalidIn = (file: string) => (faults: ReadonlyArray<ConfigurationFault>) =>
  new ConfigurationInvalid({ file, faults })

/** The result of reading a configuration, its faults included. */
export interface Examined {
  /** Every fault, from the top of the file down. */
  readonly faults: ReadonlyArray<ConfigurationFault>
  readonly warnings: ReadonlyArray<ConfigurationFault>
  /** The configuration with all that it refers to; absent if there are faults. */
  readonly loaded?: Loaded
  /** The file by itself, as far as it can be read. */
  readonly located?: ConfigurationText.Located | undefined
}

const textOf = Effect.fnUntraced(
  function* (file: string) {
    const text = yield* Effect.mapError(readText(file), ({ message }) => ({ message: `cannot be read: ${message}` }))
    return { text, overrides: yield* environmentOverrides }
  },
  (reading, file) => Effect.mapError(reading, ({ message }) => invalidIn(file)([{ message, setting: "" }]))
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
 * Fails with all faults.
 */
export const load = Effect.fn("ConfigurationFile.load")(function* (file: string) {
  const { faults, loaded } = yield* examine(file)
  return loaded ?? (yield* invalidIn(file)(faults))
})

/**
 * Reads as {@link load} does, and goes on after a fault, to tell all of them.
 *
 * @param withoutSecrets leaves alone what only the proxy's own user may read: secrets, the private key and the file of keys
 */
export const examine = Effect.fn("ConfigurationFile.examine")(function* (
  file: string,
  { withoutSecrets = false }: { readonly withoutSecrets?: boolean } = {}
): Effect.fn.Return<
  Examined,
  ConfigurationInvalid,
  ChildProcessSpawner.ChildProcessSpawner | Digest.Digest | FileSystem.FileSystem | Path.Path
> {
  const path = yield* Path.Path
  const { overrides, text } = yield* textOf(file)
  const { faults: written, located } = ConfigurationText.readAll(text, overrides)
  if (located === undefined) return { faults: written, warnings: [] }
  const { configuration, fault } = located
  const { callers, listen } = configuration

  const faults = [...written]
  // Beside a fault the limits are partly the defaults, which no operator has set.
  const inverted = written.length === 0 ? invertedLimits(configuration) : []
  const warnings = inverted.map(({ issue, path }) => fault(path, issue))
  const folder = path.resolve(path.dirname(file))
  const files = [path.resolve(file)]
  const reading: SecretReading = {
    folder,
    locate: (name) => {
      const absolute = path.resolve(folder, name)
      files.push(absolute)
      return absolute
    },
    onFault: (at, message) => void faults.push(fault(at, message))
  }
  const { locate, onFault } = reading
  const secrets = withoutSecrets ? noSecrets : yield* secretsOf(configuration, reading)

  let tls: TlsIdentity | undefined
  if (listen.tls !== undefined) {
    const named = { cert_file: locate(listen.tls.cert_file), key_file: locate(listen.tls.key_file) }
    const chain = yield* attempt(reading, ["listen", "tls"], certificateIn(named.cert_file))
    if (chain !== undefined && !withoutSecrets) tls = yield* attempt(reading, ["listen", "tls"], tlsIdentity(named))
    const warning = chain && certificateWarning(chain.certificate, yield* DateTime.now)
    if (warning !== undefined) warnings.push(fault(["listen", "tls", "cert_file"], warning))
  }

  const keys_file = configuration.keys_file === undefined ? undefined : locate(configuration.keys_file)
  const keys =
    keys_file === undefined || withoutSecrets
      ? []
      : ((yield* attempt(reading, ["keys_file"], KeysFile.read(keys_file))) ?? [])
  for (const { caller, id } of written.length === 0 ? keys : []) {
    if (!Object.hasOwn(callers, caller)) {
      onFault(["keys_file"], `its key ${id} is for ${caller}, which is not under callers`)
    }
  }
  const withKey = new Set(keys.map(({ caller }) => caller))
  // The first key is made when there is a configuration, and the last one taken away while it is in force.
  for (const [id, { access_keys, keys, tokens }] of Object.entries(callers)) {
    if (withKey.has(id) || keys.length + access_keys.length + tokens.length > 0) continue
    if (keys_file === undefined) warnings.push(fault(["callers", id], noKeyEver))
    else if (!withoutSecrets) warnings.push(fault(["callers", id], noKeyYet(id, file)))
  }
  if (faults.length > 0) return { faults: fromTheTop(faults), warnings, located }

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
  const loaded = { warnings, configuration, ...secrets, keys, keys_file, tls, files, fingerprint }
  return { faults, warnings, loaded, located }
})

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
