import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { endpointsOf, isRegionId } from "./Region.ts"
import { InvalidRequest, NoCredentials } from "./ShowBackupError.ts"

/** Where to call: addresses without a path, and the region when it is known. */
export interface Addresses {
  /** Origin of CBR, or of a proxy in front of it: `https://cbr.cn-north-4.myhuaweicloud.com`. */
  readonly cbr: string
  /** Origin of IAM; needed only where a token or a project id must be fetched. */
  readonly iam?: string | undefined
  /** Region id, such as `cn-north-4`; it is also the name of the default project in it. */
  readonly region?: string | undefined
}

/** What an {@link Endpoint} can be made from: a region, addresses, or both, addresses first. */
export interface EndpointOptions {
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
  readonly iamEndpoint?: string | undefined
}

/**
 * Where CBR and IAM are called.
 *
 * Fails with `InvalidRequest` on an address that is not an `http` or `https`
 * origin or a region id that cannot be one, and with `NoCredentials` when
 * there is neither address nor region.
 *
 * @example
 * ```ts
 * Endpoint.layer({ region: "cn-north-4" })
 * Endpoint.layer({ endpoint: "http://127.0.0.1:8080" })
 * ```
 */
export class Endpoint extends Context.Service<Endpoint, Addresses>()("@cbr/client/Endpoint") {
  static readonly make = Effect.fnUntraced(function* (options: EndpointOptions) {
    const region = options.region
    if (region !== undefined && !isRegionId(region)) {
      return yield* new InvalidRequest({ message: `${JSON.stringify(region)} is not a region id such as cn-north-4` })
    }
    const known = region === undefined ? undefined : endpointsOf(region)
    const cbr = options.endpoint === undefined ? known?.cbr : yield* origin("endpoint", options.endpoint)
    const iam = options.iamEndpoint === undefined ? known?.iam : yield* origin("IAM endpoint", options.iamEndpoint)
    if (cbr === undefined) {
      return yield* new NoCredentials({
        message: "no endpoint: neither a region (CBR_REGION) nor an address (CBR_ENDPOINT) is set"
      })
    }
    return Endpoint.of({ cbr, iam, region })
  })

  static readonly layer = (options: EndpointOptions): Layer.Layer<Endpoint, InvalidRequest | NoCredentials> =>
    Layer.effect(Endpoint, Endpoint.make(options))

  /** From `CBR_ENDPOINT`, `CBR_IAM_ENDPOINT` and `CBR_REGION`. */
  static readonly layerConfig: Layer.Layer<Endpoint, InvalidRequest | NoCredentials | Config.ConfigError> =
    Layer.effect(
      Endpoint,
      Effect.gen(function* () {
        const found = yield* Config.all({
          endpoint: setting("CBR_ENDPOINT"),
          iamEndpoint: setting("CBR_IAM_ENDPOINT"),
          region: setting("CBR_REGION")
        })
        return yield* Endpoint.make(found)
      })
    )
}

/** A blank variable is as good as none. */
const setting = (name: string): Config.Config<string | undefined> =>
  Config.map(Config.option(Config.String(name)), (found) =>
    Option.getOrUndefined(
      Option.filter(
        Option.map(found, (text) => text.trim()),
        (text) => text !== ""
      )
    )
  )

const origin = (what: string, text: string): Effect.Effect<string, InvalidRequest> => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOrigin =
    url !== undefined &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.pathname === "/" &&
    url.search === "" &&
    url.hash === "" &&
    url.username === "" &&
    url.password === ""
  return isOrigin
    ? Effect.succeed(url.origin)
    : Effect.fail(
        new InvalidRequest({
          message: `the ${what} must be an address such as https://cbr.cn-north-4.myhuaweicloud.com`
        })
      )
}
