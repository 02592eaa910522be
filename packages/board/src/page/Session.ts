import { signal } from "@preact/signals"
import type { Fault } from "./Fault.ts"
import type { GatewayFetch } from "./GatewayFetch.ts"
import { fetchProjects, type Project } from "./Projects.ts"

/** A caller that is signed in: what it may see, and how to ask for it. */
export interface Session {
  readonly projects: ReadonlyArray<Project>
  /** Asks the gateway, with the credential that this session was opened with. */
  readonly ask: GatewayFetch
}

/** The session of this tab; `undefined` until a caller signs in, and after a reload. */
export const session = signal<Session | undefined>(undefined)

/** Opens a session. The credential stays in this function's scope: no URL, cookie or storage ever has it. */
export const signIn = async (credential: string): Promise<Fault | undefined> => {
  const ask: GatewayFetch = (path, { headers, signal: abort } = {}) =>
    fetch(path, {
      headers: { ...headers, authorization: `Bearer ${credential}` },
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      ...(abort === undefined ? {} : { signal: abort })
    })
  const projects = await fetchProjects(ask)
  if (projects._tag === "Fault") return projects
  session.value = { projects: projects.value, ask }
  return undefined
}

/** Ends the session: what was shown of it goes with it. */
export const signOut = (): void => {
  session.value = undefined
}
