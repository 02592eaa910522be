import { endpointsOf, ErrorTable, isRegionId } from "@cbr/client"
import * as Effect from "effect/Effect"
import { Failure } from "../failures/Failure.ts"
import type { BackupRef } from "../values/BackupRef.ts"
import { type CallSettings, type ResolvedSetting, precedence } from "./SettingResolution.ts"

/**
 * Selects the addresses that apply to a backup whose reference names a region.
 * A region on the command line overrides addresses of the environment and the
 * profile that may be of another region. An address of the cloud names its
 * region; the region of a proxy is a setting. If neither names it, the call
 * is refused: a proxy's key is never sent to a cloud.
 */
export const restrictToRegion = Effect.fnUntraced(function* (
  region: string,
  ref: BackupRef,
  { endpoint, region: set }: CallSettings
) {
  const origin = originOf(endpoint?.value)
  const ofCloud = origin === undefined ? undefined : regionOf(origin)
  const isSame = (ofCloud ?? set?.value) === region
  const isRefused =
    endpoint !== undefined &&
    origin !== ref.origin &&
    !isSame &&
    (endpoint.precedence === precedence.flag) === (ofCloud !== undefined)
  if (isRefused) {
    return yield* Failure.of("InvalidRequest", ref.text, ({ otherRegion, pick, source }) => [
      pick(ErrorTable.InvalidRequest.title),
      otherRegion.why(region, source(endpoint.from)),
      otherRegion.next(region, source(endpoint.from))
    ])
  }
  return (found: ResolvedSetting | undefined) => found?.precedence === precedence.flag || isSame
})

/** The region whose CBR answers at this origin. */
export const regionOf = (origin: string): string | undefined => {
  const [, region] = /^https:\/\/cbr\.([^.]+)\./.exec(origin) ?? []
  return region !== undefined && isRegionId(region) && endpointsOf(region).cbr === origin ? region : undefined
}

/** The origin of an address; undefined for any other text. */
export const originOf = (endpoint: string | undefined): string | undefined =>
  endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint).origin : undefined
