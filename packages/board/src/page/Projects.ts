import { resultOf, type Outcome } from "./Fault.ts"
import type { GatewayFetch } from "./GatewayFetch.ts"

/** A project that the caller may see. */
export interface Project {
  readonly id: string
  /** The name of its region. */
  readonly name: string
}

/** The projects that the caller may see, by the route that official SDKs ask. */
export const fetchProjects = (ask: GatewayFetch): Promise<Outcome<ReadonlyArray<Project>>> =>
  resultOf(ask("/v3/projects"), async (response) => {
    const { projects } = (await response.json()) as { readonly projects: ReadonlyArray<Project> }
    return projects.map(({ id, name }) => ({ id, name }))
  })
