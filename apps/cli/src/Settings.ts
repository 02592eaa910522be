import { defaultResiliencePolicy } from "@cbr/client"
import { ProjectId } from "@cbr/domain"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { TimeLimit } from "./TimeLimit.ts"

/** What every command that calls the service takes. A flag comes before its variable. */
export const flags = {
  projectId: Flag.String("project-id").pipe(
    Flag.withMetavar("ID"),
    Flag.withDescription("Project of the backup [env: HUAWEICLOUD_SDK_PROJECT_ID, CBR_PROJECT_ID]"),
    Flag.withSchema(ProjectId),
    Flag.optional
  ),
  region: Flag.String("region").pipe(
    Flag.withMetavar("REGION"),
    Flag.withDescription("Region of the project, such as cn-north-4 [env: CBR_REGION]"),
    Flag.optional
  ),
  endpoint: Flag.String("endpoint").pipe(
    Flag.withMetavar("URL"),
    Flag.withDescription("Address of CBR, or of a proxy, instead of the region's [env: CBR_ENDPOINT]"),
    Flag.optional
  ),
  timeout: Flag.String("timeout").pipe(
    Flag.withMetavar("TIME"),
    Flag.withDescription("Longest time for the whole call, such as 500ms, 30s or 2m"),
    Flag.withSchema(TimeLimit),
    Flag.withDefault(defaultResiliencePolicy.deadline)
  )
}

/** The values of {@link flags} as they were given. */
export interface Given {
  readonly projectId: Option.Option<string>
  readonly region: Option.Option<string>
  readonly endpoint: Option.Option<string>
  readonly timeout: Duration.Duration
}

/** Where to call and for how long at most; the credentials have a source of their own. */
export interface Settings {
  readonly project_id: string | undefined
  readonly region: string | undefined
  readonly endpoint: string | undefined
  readonly iamEndpoint: string | undefined
  readonly timeout: Duration.Duration
}

/** The flags, completed from the environment. */
export const resolve = Effect.fnUntraced(function* (given: Given): Effect.fn.Return<Settings> {
  return {
    project_id: yield* first(given.projectId, "HUAWEICLOUD_SDK_PROJECT_ID", "CBR_PROJECT_ID"),
    region: yield* first(given.region, "CBR_REGION"),
    endpoint: yield* first(given.endpoint, "CBR_ENDPOINT"),
    iamEndpoint: yield* first(Option.none(), "CBR_IAM_ENDPOINT"),
    timeout: given.timeout
  }
})

/** The flag's value, else that of the first variable that holds more than blanks. */
const first = Effect.fnUntraced(function* (flag: Option.Option<string>, ...variables: ReadonlyArray<string>) {
  if (Option.isSome(flag)) return flag.value
  for (const variable of variables) {
    const value = yield* Effect.orDie(Config.withDefault(Config.String(variable), ""))
    if (value.trim() !== "") return value.trim()
  }
  return undefined
})
