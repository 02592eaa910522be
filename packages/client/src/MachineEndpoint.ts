import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import * as ProfileFile from "./credentials/ProfileFile.ts"
import type { UserFolders } from "./credentials/UserFolders.ts"
import { Endpoint, fromEnvironment } from "./Endpoint.ts"
import * as RegionOverrides from "./RegionOverrides.ts"
import * as RegionsFile from "./RegionsFile.ts"
import type { InvalidRequest, NoCredentials } from "./ShowBackupError.ts"

/**
 * The endpoint that this machine is set up for: as `Endpoint.layerConfig`, and
 * what the environment does not say from the user's profile and the SDKs'
 * `regions.yaml`.
 *
 * @example
 * ```ts
 * BackupClient.layer.pipe(Layer.provide(Chain.layer()), Layer.provide(MachineEndpoint.layer))
 * ```
 */
export const layer: Layer.Layer<
  Endpoint,
  InvalidRequest | NoCredentials | Config.ConfigError,
  FileSystem.FileSystem | Path.Path | UserFolders
> = Layer.effect(
  Endpoint,
  Effect.gen(function* () {
    const found = yield* fromEnvironment
    const profile = (yield* ProfileFile.chosen)?.profile
    const region = found.region ?? profile?.region
    const overrides =
      region === undefined
        ? {}
        : { ...(yield* RegionsFile.read(region)), ...(yield* RegionOverrides.fromEnvironment(region)) }
    return yield* Endpoint.make({
      region,
      // A region that the environment names goes before the addresses of a profile for another one.
      endpoint: found.endpoint ?? (found.region === undefined ? profile?.endpoint : undefined),
      iamEndpoint: found.iamEndpoint ?? (found.region === undefined ? profile?.iam_endpoint : undefined),
      signing: found.signing,
      overrides
    })
  })
)
