import { omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import { setting } from "../config/EnvSetting.ts"
import { overridesOf } from "./EndpointVariables.ts"

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
 * The overrides of `HUAWEICLOUD_SDK_REGION_CBR_<REGION>` and `…_IAM_<REGION>`, the region in capitals with `_` for `-`.
 * The first of several addresses, separated by commas, counts.
 * @category Endpoints
 * @since 0.1.0
 */
export const fromEnvironment = Effect.fnUntraced(function* (region: string) {
  const variables = overridesOf(region)
  const cbr = yield* setting(variables.cbr)
  const iam = yield* setting(variables.iam)
  return overrides(cbr?.split(",")[0], iam?.split(",")[0])
})

/**
 * The overrides that are set, without the blanks around them.
 * @category Endpoints
 * @since 0.1.0
 */
export const overrides = (cbr: string | undefined, iam: string | undefined): RegionOverrides =>
  omitUndefined({ cbr: cbr?.trim(), iam: iam?.trim() })
