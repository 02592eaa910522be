import * as Effect from "effect/Effect"
import { setting } from "../config/EnvSetting.ts"

/**
 * Addresses that a user has set for a region, in place of those that it is known by.
 * @category Endpoints
 * @since 0.1.0
 */
export interface RegionOverrides {
  readonly cbr?: string | undefined
  readonly iam?: string | undefined
}

/**
 * From `HUAWEICLOUD_SDK_REGION_CBR_<REGION>` and `…_IAM_<REGION>`, the region
 * in capitals with `_` for `-`. Of several addresses, separated by commas, the
 * first.
 * @category Endpoints
 * @since 0.1.0
 */
export const fromEnvironment = Effect.fnUntraced(function* (region: string) {
  const name = region.toUpperCase().replaceAll("-", "_")
  const cbr = yield* setting(`HUAWEICLOUD_SDK_REGION_CBR_${name}`)
  const iam = yield* setting(`HUAWEICLOUD_SDK_REGION_IAM_${name}`)
  return overrides(cbr?.split(",")[0], iam?.split(",")[0])
})

/**
 * Overrides of what is set, without the blanks around it.
 * @category Endpoints
 * @since 0.1.0
 */
export const overrides = (cbr: string | undefined, iam: string | undefined): RegionOverrides => ({
  ...(cbr === undefined ? {} : { cbr: cbr.trim() }),
  ...(iam === undefined ? {} : { iam: iam.trim() })
})
