import * as Context from "effect/Context"
import type { ReadPages } from "./ProjectPoller.ts"

/** Where the pages of a project's list come from. */
export class ProjectPages extends Context.Service<
  ProjectPages,
  {
    /** Tells apart the upstreams that a project may have; `undefined` for a project that is not served. */
    readonly placeOf: (project_id: string) => string | undefined
    /** The pages of a project, asked for in the turn of a caller. */
    readonly of: (project_id: string, caller_id: string) => ReadPages
  }
>()("@cbr/proxy/ProjectPages") {}
