import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { InvalidRequest, NoCredentials } from "../errors/ShowBackupError.ts"
import { type Addresses, type EndpointOptions, makeAddresses } from "./Addresses.ts"
import * as EndpointVariables from "./EndpointVariables.ts"
import * as RegionOverrides from "./RegionOverrides.ts"

/**
 * The addresses of CBR and IAM.
 *
 * Fails with `InvalidRequest` on an address that is not an `http` or `https`
 * origin, and on a region that is not known where neither an address nor an
 * override says where it is; the message names the regions that come closest.
 * Fails with `NoCredentials` when there is neither address nor region.
 *
 * @example
 * ```ts
 * Endpoint.layer({ region: "cn-north-4" })
 * Endpoint.layer({ endpoint: "http://127.0.0.1:8080" })
 * ```
 * @category Endpoints
 * @since 0.1.0
 */
export class Endpoint extends Context.Service<Endpoint, Addresses>()("@cbr/client/Endpoint") {
  static readonly make = makeAddresses

  static readonly layer = (options: EndpointOptions): Layer.Layer<Endpoint, InvalidRequest | NoCredentials> =>
    Layer.effect(Endpoint, Endpoint.make(options))

  /**
   * The endpoint of the environment, by {@link EndpointVariables.variables} and the SDKs'
   * `HUAWEICLOUD_SDK_REGION_CBR_<REGION>` and `…_IAM_<REGION>`.
   */
  static readonly layerConfig: Layer.Layer<Endpoint, InvalidRequest | NoCredentials | Config.ConfigError> =
    Layer.effect(
      Endpoint,
      Effect.gen(function* () {
        const found = yield* EndpointVariables.fromEnvironment
        const overrides = found.region === undefined ? {} : yield* RegionOverrides.fromEnvironment(found.region)
        return yield* Endpoint.make({ ...found, overrides })
      })
    )
}
