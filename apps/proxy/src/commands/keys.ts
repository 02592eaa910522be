import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as CommandLineOptions from "../app/CommandLineOptions.ts"
import * as ApiKey from "../callers/ApiKey.ts"
import { revocationId } from "../callers/Revocations.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import { configurationIn } from "../configuration/ConfigurationFile.ts"
import { redisAccess } from "../configuration/ConfigurationSecrets.ts"
import * as KeysFile from "../configuration/KeysFile.ts"
import { expectedRfc3339, parseRfc3339 } from "../configuration/Rfc3339.ts"
import { exitCodes } from "../process/ExitCodes.ts"
import { StartupError } from "../process/StartupError.ts"

const where = { config: CommandLineOptions.config, keysFile: CommandLineOptions.keysFile }

const create = Command.make(
  "create",
  {
    ...where,
    caller: Flag.String("caller").pipe(Flag.withDescription("Caller of the key: a name under `callers`")),
    expires: Flag.String("expires").pipe(
      Flag.withMetavar("TIME"),
      Flag.filterMap(parseRfc3339, () => expectedRfc3339),
      Flag.withDescription("When the key ends, with the zone, such as 2027-01-31T00:00:00Z; never by default"),
      Flag.optional
    )
  },
  Effect.fn("keys create")(function* ({ caller, expires, ...given }) {
    const { configuration, file } = yield* keysFile(given)
    if (configuration !== undefined && !Object.hasOwn(configuration.callers, caller)) {
      const callers = Object.keys(configuration.callers).join(", ")
      return yield* refused(`${JSON.stringify(caller)} is not under callers: ${callers}`)
    }
    const now = yield* DateTime.now
    if (Option.exists(expires, (end) => DateTime.isLessThanOrEqualTo(end, now))) {
      return yield* refused("--expires has passed already: no caller could use the key")
    }
    const key = yield* ApiKey.generate
    const id = `${caller}-${Hex.encode(yield* SecureRandom.SecureRandom.use((random) => random.randomBytes(4)))}`
    const record: KeysFile.KeyRecord = {
      id,
      caller,
      sha256: Redacted.make(yield* ApiKey.hashOf(key)),
      created_at: now,
      ...Option.match(expires, { onNone: () => ({}), onSome: (expires_at) => ({ expires_at }) })
    }
    yield* KeysFile.update(file, (keys) => Effect.succeed([...keys, record]))
    yield* Console.log(JSON.stringify({ id, caller, key: Redacted.value(key) }))
  })
).pipe(
  Command.withDescription("Make a key for a caller, and print it once; the file keeps its hash alone."),
  Command.withShortDescription("Make a key")
)

const list = Command.make(
  "list",
  where,
  Effect.fn("keys list")(function* (given) {
    const { file } = yield* keysFile(given)
    const now = yield* DateTime.now
    for (const record of yield* KeysFile.read(file)) {
      const { caller, created_at, expires_at, id } = record
      yield* Console.log(
        JSON.stringify({
          id,
          caller,
          created_at,
          expires_at: expires_at ?? null,
          expired: KeysFile.isExpired(record, now)
        })
      )
    }
  })
).pipe(Command.withDescription("List the keys, a line of JSON each."), Command.withShortDescription("List the keys"))

const revoke = Command.make(
  "revoke",
  {
    ...where,
    id: Argument.String("ID").pipe(
      Argument.withDescription("The key's id, as `keys list` shows it, or as the configuration has it"),
      Argument.optional
    ),
    accessKey: Flag.String("access-key").pipe(
      Flag.withMetavar("AK"),
      Flag.withDescription("Revoke an access key of the configuration, at every replica"),
      Flag.optional
    ),
    subject: Flag.String("subject").pipe(
      Flag.withMetavar("SUB"),
      Flag.withDescription("Revoke the tokens of a subject, at every replica; with --issuer"),
      Flag.optional
    ),
    issuer: Flag.String("issuer").pipe(
      Flag.withMetavar("NAME"),
      Flag.withDescription("Issuer of the tokens: a name under `issuers`"),
      Flag.optional
    )
  },
  Effect.fn("keys revoke")(function* ({ accessKey, id, issuer, subject, ...given }) {
    const ways = [id, accessKey, subject].filter(Option.isSome)
    if (ways.length !== 1)
      return yield* refused("name one of: the key's ID, --access-key AK, --subject SUB with --issuer")
    if (Option.isSome(id)) return yield* revokeKey(id.value, given)
    const { configuration } = yield* configurationOf(given)
    if (Option.isSome(accessKey)) {
      const ak = accessKey.value
      const isKnown = Object.values(configuration.callers).some(({ access_keys }) =>
        access_keys.some((key) => key.ak === ak)
      )
      if (!isKnown) return yield* refused(`no caller has the access key ${JSON.stringify(ak)}`)
      return yield* tellReplicas(`access key ${ak}`, [revocationId.ofAccessKey(ak)], configuration, given, inForce)
    }
    const sub = Option.getOrElse(subject, () => "")
    const name = Option.getOrElse(issuer, () => "")
    const trusted = Object.hasOwn(configuration.issuers, name) ? configuration.issuers[name] : undefined
    if (trusted === undefined) {
      return yield* refused(`--issuer is none of those under issuers: ${Object.keys(configuration.issuers).join(", ")}`)
    }
    yield* tellReplicas(`subject ${sub}`, [revocationId.ofSubject(trusted.issuer, sub)], configuration, given, inForce)
  })
).pipe(
  Command.withDescription(
    "Revoke a caller's credential: a key, an access key, or the tokens of a subject. A key is taken out of its file, and a proxy that runs with the file refuses it within a second. Where the configuration has a `redis`, every replica refuses the credential within 10 s, whatever its own files say."
  ),
  Command.withShortDescription("Revoke a caller's credential")
)

/** A warning about a credential that stands in the configuration. */
const inForce = "it is in force at a replica without Redis until it is out of the configuration: take it out there too"

const revokeKey = Effect.fnUntraced(function* (id: string, given: Where) {
  const { configuration, file } = yield* keysFile(given)
  const inConfiguration = Object.values(configuration?.callers ?? {}).flatMap(({ keys }) =>
    keys.filter((key) => key.id === id)
  )
  if (configuration !== undefined && inConfiguration.length > 0) {
    const ids = inConfiguration.map(({ sha256 }) => revocationId.ofKey(Redacted.value(sha256)))
    return yield* tellReplicas(id, ids, configuration, given, inForce)
  }
  const gone: Array<KeysFile.KeyRecord> = []
  yield* KeysFile.update(file, (keys) => {
    gone.push(...keys.filter((key) => key.id === id))
    return gone.length === 0
      ? refused(`no key has the id ${JSON.stringify(id)}`)
      : Effect.succeed(keys.filter((key) => key.id !== id))
  })
  if (configuration?.redis === undefined) return yield* Console.error(revoked(id, file))
  const ids = gone.map(({ sha256 }) => revocationId.ofKey(Redacted.value(sha256)))
  yield* tellReplicas(
    `${id} is out of ${file}, but`,
    ids,
    configuration,
    given,
    "replicas with a copy of the file accept the key until it is out of that too",
    `${revoked(id, file)}; replicas have been told`
  )
})

/** Has every replica refuse these credentials. */
const tellReplicas = Effect.fnUntraced(function* (
  what: string,
  ids: ReadonlyArray<string>,
  { redis }: Configuration,
  given: Where,
  otherwise: string,
  said = `${what} is revoked: replicas have been told; take it out of the configuration too, within 90 days`
) {
  const path = yield* Path.Path
  const untold = (why: string) =>
    new StartupError({
      message: `${what} Redis did not take the news (${why}): ${otherwise}`,
      exitCode: exitCodes.failed
    })
  if (redis === undefined) {
    return yield* refused(
      `${what}: the configuration has no redis by which to tell replicas. Take it out of the configuration; a proxy that runs with the file follows at once`
    )
  }
  const faults: Array<string> = []
  const folder = path.dirname(Option.getOrElse(given.config, () => ""))
  const access = yield* redisAccess(redis, {
    folder,
    locate: (name) => path.resolve(folder, name),
    onFault: (at, message) => void faults.push(`${at.join(".")}: ${message}`)
  })
  if (faults.length > 0) return yield* untold(faults.join("; "))
  const ConfiguredRedis = yield* Effect.promise(() => import("../app/ConfiguredRedis.ts"))
  for (const id of ids) {
    yield* ConfiguredRedis.revoke(id, redis, { ...access, sealingKeys: [] }).pipe(
      Effect.catchTag("StoreUnavailable", ({ message }) => Effect.fail(untold(message)))
    )
  }
  yield* Console.error(said)
})

interface Where {
  readonly config: Option.Option<string>
  readonly keysFile: Option.Option<string>
}

const configurationOf = Effect.fnUntraced(
  function* ({ config }: Where) {
    if (Option.isNone(config)) return yield* refused("which replicas? Name the configuration with --config")
    return { configuration: yield* configurationIn(config.value) }
  },
  Effect.catchTag("ConfigurationInvalid", ({ message }) => refused(message))
)

/** `cbr-proxy keys`: callers' keys in the file that the configuration names. */
export const keys = Command.make("keys").pipe(
  Command.withDescription("Make, list and revoke callers' keys."),
  Command.withSubcommands([create, list, revoke])
)

/** The file of keys, and the configuration that names it, of which no secret is read: a key can be revoked while none can be had. */
const keysFile = Effect.fnUntraced(
  function* (given: Where) {
    if (Option.isSome(given.keysFile)) return { file: given.keysFile.value, configuration: undefined }
    if (Option.isNone(given.config)) {
      return yield* refused("which keys? Name the configuration with --config, or the file with --keys-file")
    }
    const path = yield* Path.Path
    const configuration = yield* configurationIn(given.config.value)
    if (configuration.keys_file === undefined) return yield* refused(`${given.config.value} names no keys_file`)
    return { file: path.resolve(path.dirname(given.config.value), configuration.keys_file), configuration }
  },
  Effect.catchTag("ConfigurationInvalid", ({ message }) =>
    refused(`${message}\nTo go by the file of keys alone, name it with --keys-file.`)
  )
)

const revoked = (id: string, file: string) =>
  `${id} is out of ${file}; a proxy that runs with the file refuses the key within a second, or when it is told to reload`

const refused = (message: string) => Effect.fail(new StartupError({ message, exitCode: exitCodes.unusable }))
