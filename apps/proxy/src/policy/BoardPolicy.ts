import * as Context from "effect/Context"

/** Whether the page for people is served: the `board` of the configuration. */
export const BoardServed = Context.Reference<boolean>("@cbr/proxy/BoardServed", { defaultValue: () => true })
