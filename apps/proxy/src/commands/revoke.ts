import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as ConfiguredRedis from "../app/ConfiguredRedis.ts"
import { revocationId } from "../callers/Revocations.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import { redisAccess } from "../configuration/ConfigurationSecrets.ts"
import * as KeysFile from "../configuration/KeysFile.ts"
import { exitCodes } from "../process/ExitCodes.ts"
import { StartupError } from "../process/StartupError.ts"
import { configurationOf, keysFile, type KeysLocation, location, refused } from "./KeysLocation.ts"

/** `cbr-proxy keys revoke`: a key, an access key, or the tokens of a subject. */
export const revoke = Command.make(
  "revoke",
  {
    ...location,
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

const revokeKey = Effect.fnUntraced(function* (id: string, given: KeysLocation) {
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
  given: KeysLocation,
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
  for (const id of ids) {
    yield* ConfiguredRedis.revoke(id, redis, { ...access, sealingKeys: [] }).pipe(
      Effect.catchTag("StoreUnavailable", ({ message }) => Effect.fail(untold(message)))
    )
  }
  yield* Console.error(said)
})

const revoked = (id: string, file: string) =>
  `${id} is out of ${file}; a proxy that runs with the file refuses the key within a second, or when it is told to reload`
