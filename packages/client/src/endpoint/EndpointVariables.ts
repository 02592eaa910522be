import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import { setting } from "../config/EnvSetting.ts"
import type { ProjectReference } from "../credentials/Credentials.ts"

/**
 * IAM's address by the variable of the official SDKs.
 * @category Endpoints
 * @since 0.2.0
 */
export const sdkIamEndpoint = "HUAWEICLOUD_SDK_IAM_ENDPOINT"

/**
 * The variables that name IAM's address for the credentials of Terraform and of OpenStack.
 * @category Endpoints
 * @since 0.2.0
 */
export const authUrls = ["HW_AUTH_URL", "OS_AUTH_URL"] as const

/**
 * The variable that names a `regions.yaml`.
 * @category Endpoints
 * @since 0.2.0
 */
export const regionsFile = "HUAWEICLOUD_SDK_REGIONS_FILE"

/**
 * The variables that hold addresses of a region; its id stands in capitals with `_` for `-`.
 * @category Endpoints
 * @since 0.2.0
 */
export const overridesOf = (region: string) => {
  const name = region.toUpperCase().replaceAll("-", "_")
  return { cbr: `HUAWEICLOUD_SDK_REGION_CBR_${name}`, iam: `HUAWEICLOUD_SDK_REGION_IAM_${name}` } as const
}

/**
 * The variables that say where calls go and for which project; of each line
 * the first that is set is in force. Terraform's come before their OpenStack
 * twins. No other module names a variable of a region or an address.
 * @category Endpoints
 * @since 0.2.0
 */
export const variables = {
  region: ["CBR_REGION", "HW_REGION_NAME", "OS_REGION_NAME"],
  endpoint: ["CBR_ENDPOINT"],
  iamEndpoint: ["CBR_IAM_ENDPOINT", sdkIamEndpoint],
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

/**
 * The place of calls by the environment's variables, without the overrides of regions.
 * @category Endpoints
 * @since 0.2.0
 */
export const fromEnvironment = Effect.gen(function* () {
  const { project, ...names } = variables
  const found = yield* Effect.all(Record.map(names, firstOf))
  const projectVariable = yield* firstOf(project)
  return {
    ...Record.map(found, (variable) => variable?.value),
    project: projectVariable === undefined ? undefined : projectIn(projectVariable)
  }
})
