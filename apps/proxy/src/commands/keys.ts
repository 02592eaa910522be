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
import * as ApiKey from "../callers/ApiKey.ts"
import { configurationIn } from "../configuration/ConfigurationFile.ts"
import { redisPassword } from "../configuration/ConfigurationSecrets.ts"
import * as KeysFile from "../configuration/KeysFile.ts"
import { expectedMoment, parseMoment } from "../configuration/Moment.ts"
import { exitCodes } from "../ExitCodes.ts"
import * as Settings from "../Settings.ts"
import { StartFailed } from "../StartFailed.ts"

const where = { config: Settings.config, keysFile: Settings.keysFile }

const create = Command.make(
  "create",
  {
    ...where,
    caller: Flag.String("caller").pipe(Flag.withDescription("Whose key it is: a name under `callers`")),
    expires: Flag.String("expires").pipe(
      Flag.withMetavar("TIME"),
      Flag.filterMap(parseMoment, () => expectedMoment),
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
  { ...where, id: Argument.String("ID").pipe(Argument.withDescription("The key's id, as `keys list` shows it")) },
  Effect.fn("keys revoke")(function* ({ id, ...given }) {
    const { configuration, file } = yield* keysFile(given)
    const path = yield* Path.Path
    const gone: Array<KeysFile.KeyRecord> = []
    yield* KeysFile.update(file, (keys) => {
      gone.push(...keys.filter((key) => key.id === id))
      return gone.length === 0
        ? refused(`no key has the id ${JSON.stringify(id)}`)
        : Effect.succeed(keys.filter((key) => key.id !== id))
    })
    const redis = configuration?.redis
    if (redis === undefined) return yield* Console.error(revoked(id, file))
    const untold = (why: string) =>
      new StartFailed({
        message: `${id} is out of ${file}, but Redis did not take the news (${why}): replicas with a copy of the file accept the key until it is out of that too`,
        exitCode: exitCodes.failed
      })
    const faults: Array<string> = []
    const password = yield* redisPassword(redis, {
      folder: path.dirname(Option.getOrElse(given.config, () => "")),
      onFault: (at, message) => void faults.push(`${at.join(".")}: ${message}`)
    })
    if (faults.length > 0) return yield* untold(faults.join("; "))
    const Replicas = yield* Effect.promise(() => import("../replicas/Replicas.ts"))
    for (const { sha256 } of gone) {
      yield* Replicas.revoke(Redacted.value(sha256), redis, { password, sealingKeys: [] }).pipe(
        Effect.catchTag("RedisError", () => Effect.fail(untold("it did not answer, or refused")))
      )
    }
    yield* Console.error(`${revoked(id, file)}; replicas have been told`)
  })
).pipe(
  Command.withDescription(
    "Forget a key. A proxy that runs with the file refuses it within a second, and so does every replica where the configuration has a `redis`."
  ),
  Command.withShortDescription("Forget a key")
)

/** `cbr-proxy keys`: callers' keys in the file that the configuration names. */
export const keys = Command.make("keys").pipe(
  Command.withDescription("Make, list and revoke callers' keys."),
  Command.withSubcommands([create, list, revoke])
)

/** The file of keys, and the configuration that names it, of which no secret is read: a key can be revoked while none can be had. */
const keysFile = Effect.fnUntraced(
  function* (given: { readonly config: Option.Option<string>; readonly keysFile: Option.Option<string> }) {
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

const refused = (message: string) => Effect.fail(new StartFailed({ message, exitCode: exitCodes.unusable }))
