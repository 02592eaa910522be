import { signal } from "@preact/signals"
import { href, type Route, routeOf } from "./Route.ts"

/** The view that is shown. */
export const route = signal<Route>(routeOf(location.hash))

addEventListener("hashchange", () => {
  route.value = routeOf(location.hash)
})

/** Shows another view; without a step in the history where the reader only refines what is shown. */
export const show = (to: Route, how: "push" | "replace" = "push"): void => {
  if (how === "push") location.hash = href(to)
  else {
    history.replaceState(null, "", href(to))
    route.value = to
  }
}
