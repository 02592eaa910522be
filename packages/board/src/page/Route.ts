/** The view that the reader sees. It stands in the URL behind the `#`, which no request carries. */
export type Route =
  | { readonly view: "start" }
  | ({ readonly view: "fleet"; readonly project: string } & FleetQuery)
  | { readonly view: "resource"; readonly project: string; readonly resource: string }
  | { readonly view: "backup"; readonly project: string; readonly backup: string }
  | { readonly view: "diff"; readonly project: string; readonly before: string; readonly after: string }

/** The filters and the order of a fleet's rows. */
export interface FleetQuery {
  readonly words: string
  readonly verdict: string
  readonly vault: string
  readonly type: string
  /** Hours that the newest whole backup may be old. */
  readonly hours: number
}

/** A nightly backup, with two hours to spare. */
const defaultHours = 26

/** The whole fleet. */
export const wholeFleet: FleetQuery = { words: "", verdict: "", vault: "", type: "", hours: defaultHours }

/** The link that leads to a view. */
export const href = (route: Route): string => {
  if (route.view === "start") return "#/"
  const path = pathOf(route).map(encodeURIComponent).join("/")
  return `#/${path}${route.view === "fleet" ? queryOf(route) : ""}`
}

const pathOf = (route: Exclude<Route, { readonly view: "start" }>): ReadonlyArray<string> => {
  switch (route.view) {
    case "fleet":
      return [route.project]
    case "resource":
      return [route.project, "resource", route.resource]
    case "backup":
      return [route.project, "backup", route.backup]
    case "diff":
      return [route.project, "diff", route.before, route.after]
  }
}

const queryOf = ({ hours, type, vault, verdict, words }: FleetQuery): string => {
  const pairs = Object.entries({ words, verdict, vault, type, hours: hours === defaultHours ? "" : String(hours) })
  const query = new URLSearchParams(pairs.filter(([, value]) => value !== "")).toString()
  return query === "" ? "" : `?${query}`
}

/** The view that a link leads to; the start where it leads nowhere. */
export const routeOf = (hash: string): Route => {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?")
  let parts: ReadonlyArray<string>
  try {
    parts = path.split("/").map(decodeURIComponent)
  } catch {
    return { view: "start" }
  }
  const [project = "", view, one = "", other = ""] = parts
  if (project === "") return { view: "start" }
  // A backup may name no resource: what is gathered of such has an empty id.
  if (view === "resource" && parts.length === 3) return { view, project, resource: one }
  if (view === "backup" && one !== "") return { view, project, backup: one }
  if (view === "diff" && one !== "" && other !== "") return { view, project, before: one, after: other }
  const asked = new URLSearchParams(query)
  const hours = Number(asked.get("hours"))
  return {
    view: "fleet",
    project,
    words: asked.get("words") ?? "",
    verdict: asked.get("verdict") ?? "",
    vault: asked.get("vault") ?? "",
    type: asked.get("type") ?? "",
    hours: Number.isFinite(hours) && hours > 0 ? hours : defaultHours
  }
}

/** The link of the fleet. */
export type FleetRoute = Extract<Route, { readonly view: "fleet" }>
