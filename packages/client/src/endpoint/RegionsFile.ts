import * as Effect from "effect/Effect"
import * as Yaml from "effect/encoding/Yaml"
import * as Schema from "effect/Schema"
import { readSettings, setting } from "../config/EnvSetting.ts"
import * as TextFile from "../config/TextFile.ts"
import { inHome } from "../config/UserDirectories.ts"
import { InvalidRequest } from "../errors/ShowBackupError.ts"
import { regionsFile } from "./EndpointVariables.ts"
import * as RegionOverrides from "./RegionOverrides.ts"

/**
 * Addresses of a region from the SDKs' `~/.huaweicloud/regions.yaml`, or the file that
 * `HUAWEICLOUD_SDK_REGIONS_FILE` names: a service's name, and under it a list
 * of `{ id, endpoint }` or `{ id, endpoints }`.
 *
 * Fails with `InvalidRequest` on a file that is named and missing, or not
 * understood.
 * @category Endpoints
 * @since 0.1.0
 */
export const read = Effect.fn("RegionsFile.read")(function* (region: string) {
  const named = yield* readSettings(setting(regionsFile))
  const file = named ?? (yield* inHome(".huaweicloud", "regions.yaml"))
  if (file === undefined) return {}
  const text = yield* TextFile.read(file).pipe(
    Effect.catch(({ detail, isAbsent }) =>
      isAbsent && named === undefined ? Effect.succeed(undefined) : Effect.fail(new InvalidRequest({ detail }))
    )
  )
  if (text === undefined || text.trim() === "") return {}
  const services = yield* Effect.try({ try: () => Yaml.parse(text), catch: () => "no YAML" }).pipe(
    Effect.flatMap(decode),
    Effect.mapError(() => new InvalidRequest({ detail: { code: "not-a-regions-file", file } }))
  )
  const addressOf = (service: string) => {
    const entry = Object.entries(services)
      .flatMap(([name, entries]) => (name.toLowerCase() === service ? entries : []))
      .find(({ id }) => id === region)
    return entry?.endpoint ?? entry?.endpoints?.[0]
  }
  return RegionOverrides.overrides(addressOf("cbr"), addressOf("iam"))
})

const decode = Schema.decodeUnknownEffect(
  Schema.Record(
    Schema.String,
    Schema.Array(
      Schema.Struct({
        id: Schema.String,
        endpoint: Schema.optionalKey(Schema.String),
        endpoints: Schema.optionalKey(Schema.Array(Schema.String))
      })
    )
  )
)

/**
 * This machine's overrides of a region: the environment goes before the file.
 * @category Endpoints
 * @since 0.1.0
 */
export const overridesOf = Effect.fnUntraced(function* (region: string | undefined) {
  return region === undefined ? {} : { ...(yield* read(region)), ...(yield* RegionOverrides.fromEnvironment(region)) }
})
