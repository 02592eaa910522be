import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as ApiKey from "../callers/ApiKey.ts"
import * as KeysFile from "../configuration/KeysFile.ts"
import { expectedRfc3339, parseRfc3339 } from "../configuration/Rfc3339.ts"
import { keysFile, location, refused } from "./KeysLocation.ts"
import { revoke } from "./revoke.ts"

const create = Command.make(
  "create",
  {
    ...location,
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
  location,
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

/** `cbr-proxy keys`: callers' keys in the file that the configuration names. */
export const keys = Command.make("keys").pipe(
  Command.withDescription("Make, list and revoke callers' keys."),
  Command.withSubcommands([create, list, revoke])
)
