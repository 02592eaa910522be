import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ProjectReference } from "../credentials/Credentials.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import * as EndpointVariables from "../endpoint/EndpointVariables.ts"
import { isRegionId } from "../endpoint/Regions.ts"
import * as RegionsFile from "../endpoint/RegionsFile.ts"
import * as CloudsFile from "./CloudsFile.ts"
import * as ProfileFile from "./ProfileFile.ts"

/**
 * The endpoint in this machine's settings: the environment as `Endpoint.layerConfig` reads it, then the cloud that
 * `OS_CLOUD` names, the user's profile and the SDKs' `regions.yaml`. A profile that the caller names goes before the
 * environment.
 *
 * @example
 * ```ts
 * BackupClient.layer.pipe(Layer.provide(CredentialChain.layer()), Layer.provide(MachineEndpoint.layer))
 * ```
 * @category Profiles
 * @since 0.1.0
 */
export const layer = Layer.effect(
  Endpoint,
  Effect.gen(function* () {
    const { signing, stsEndpoint, ...variables } = yield* EndpointVariables.fromEnvironment
    const cloud = yield* CloudsFile.chosen
    const environment = {
      ...variables,
      region: variables.region ?? cloud?.region,
      project: variables.project ?? cloud?.project
    }
    const own = (yield* ProfileFile.chosen)?.profile ?? {}
    const profile = {
      endpoint: own.endpoint,
      iamEndpoint: own.iam_endpoint,
      region: own.region,
      project: ProfileFile.projectOf(own)
    }
    const isNamed = (yield* ProfileFile.NamedProfile) !== undefined
    const [first, then] = isNamed ? [profile, environment] : [environment, profile]
    const region = first.region ?? then.region
    // A region that the one names goes before addresses that the other has for another region.
    const addresses = first.region === undefined ? then : { endpoint: undefined, iamEndpoint: undefined }
    return yield* Endpoint.make({
      region,
      endpoint: first.endpoint ?? addresses.endpoint,
      iamEndpoint: first.iamEndpoint ?? addresses.iamEndpoint,
      stsEndpoint,
      project: first.project ?? (isOwnOfAnother(then.project, first.region) ? undefined : then.project),
      signing,
      overrides: yield* RegionsFile.overridesOf(region)
    })
  })
)

/** Whether a project is the own project of another region, which gives way to the region that goes first. */
const isOwnOfAnother = (project: ProjectReference | undefined, region: string | undefined): boolean =>
  region !== undefined &&
  project?.name !== undefined &&
  !("id" in project) &&
  project.name !== region &&
  isRegionId(project.name)
