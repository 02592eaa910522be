import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Configuration } from "../configuration/Configuration.ts"
import { authorize } from "../rights/Authorization.ts"
import type { Caller } from "../rights/Caller.ts"

/** A project that the proxy serves. */
export interface Project {
  readonly id: string
  /** Name that callers find it by; as in the cloud the region's id, unless the operator chose another. */
  readonly name: string
  readonly region: string
}

/** The projects that the proxy serves, for all callers together: of its configuration, or the one of its environment. */
export const ProjectDirectory = Context.Reference<{ readonly all: Effect.Effect<ReadonlyArray<Project>> }>(
  "@cbr/proxy/ProjectDirectory",
  { defaultValue: () => ({ all: Effect.succeed([]) }) }
)

/** The projects of a configuration. */
export const projectsOf = ({ projects }: Pick<Configuration, "projects">): ReadonlyArray<Project> =>
  Object.entries(projects).map(([id, { name, region }]) => ({ id, name: name ?? region, region }))

/** A caller's search for projects. */
export interface Discovery {
  /** All names when absent. */
  readonly name: string | undefined
  readonly now: DateTime.Utc
  readonly address: string | undefined
}

/** The projects of that name in which the caller may read; the others are not told of. */
export const discovered = (caller: Caller, { address, name, now }: Discovery) =>
  Effect.gen(function* () {
    const directory = yield* ProjectDirectory
    return (yield* directory.all).filter(
      (project) =>
        (name === undefined || project.name === name) &&
        authorize(caller, { project_id: project.id, region: project.region, scope: "read", now, address })._tag ===
          "Allowed"
    )
  })
