import * as Context from "effect/Context"

/** Whether the page for people is served: the `board` of the configuration. */
export const BoardPolicy = Context.Reference<boolean>("@cbr/proxy/BoardPolicy", { defaultValue: () => true })
