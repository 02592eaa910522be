import * as Effect from "effect/Effect"
import { setting } from "../config/EnvSetting.ts"
import type { ProjectReference } from "../credentials/Credentials.ts"

/**
 * The variables that say where calls go and for which project; of each line
 * the first that is set is in force. Terraform's come before their OpenStack
 * twins.
 * @category Endpoints
 * @since 0.2.0
 */
export const variables = {
  region: ["CBR_REGION", "HW_REGION_NAME", "OS_REGION_NAME"],
  endpoint: ["CBR_ENDPOINT"],
  iamEndpoint: ["CBR_IAM_ENDPOINT", "HUAWEICLOUD_SDK_IAM_ENDPOINT"],
  stsEndpoint: ["CBR_STS_ENDPOINT", "HUAWEICLOUD_SDK_STS_ENDPOINT"],
  signing: ["CBR_SIGNING"],
  project: [
    "HUAWEICLOUD_SDK_PROJECT_ID",
    "CBR_PROJECT_ID",
    "HW_PROJECT_ID",
    "HW_PROJECT_NAME",
    "OS_PROJECT_ID",
    "OS_TENANT_ID",
    "OS_PROJECT_NAME",
    "OS_TENANT_NAME"
  ]
} as const

/**
 * A variable that is set.
 * @category Endpoints
 * @since 0.2.0
 */
export interface SetVariable {
  readonly name: string
  readonly value: string
}

/**
 * Those of some variables that are set, in their order; a blank one is not.
 * @category Endpoints
 * @since 0.2.0
 */
export const setOf = (names: ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(names, (name) => Effect.map(setting(name), (value) => ({ name, value }))),
    (found) => found.filter((each): each is SetVariable => each.value !== undefined)
  )

/**
 * The first of some variables that is set.
 * @category Endpoints
 * @since 0.2.0
 */
export const firstOf = (names: ReadonlyArray<string>) => Effect.map(setOf(names), ([first]) => first)

/**
 * A project as a variable has it: `…_NAME` holds its name, and any other its id.
 * @category Endpoints
 * @since 0.2.0
 */
export const projectIn = ({ name, value }: SetVariable): ProjectReference =>
  isOfName(name) ? { name: value } : { id: value }

/**
 * Whether a variable holds a project's name.
 * @category Endpoints
 * @since 0.2.0
 */
export const isOfName = (variable: string): boolean => variable.endsWith("_NAME")
