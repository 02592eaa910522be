import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { projectPollers } from "./LiveMetrics.ts"
import { makePollers, type Watched } from "./Pollers.ts"
import { ProjectEvents } from "./ProjectEvents.ts"
import { ProjectPages } from "./ProjectPages.ts"
import { ProjectPoller } from "./ProjectPoller.ts"

/** How long a project is still polled after its last subscriber has left, so that a reader that reconnects misses nothing. */
const idleTimeToLive = Duration.minutes(1)

/** What a poller waits after a defect. */
const afterDefect = Duration.seconds(30)

/** Pollers of the projects that are watched, each from when the first subscribes until a minute after the last has left. */
export class ProjectPollerRegistry extends Context.Service<ProjectPollerRegistry>()(
  "@cbr/proxy/ProjectPollerRegistry",
  {
    make: Effect.gen(function* () {
      const pages = yield* ProjectPages
      const placeOf = (project_id: string) => pages.placeOf(project_id) ?? `${project_id} is not served`
      return yield* makePollers({
        gauge: projectPollers,
        idleTimeToLive,
        placeOf,
        make: Effect.fnUntraced(function* ({ caller_id, place, subject }: Watched<string>) {
          const log = Math.floor((yield* Random.next) * 2 ** 40).toString(36)
          const poller = new ProjectPoller(subject, new ProjectEvents(log), pages.of(subject, caller_id))
          const stop = pages.follow(place, poller)
          yield* Effect.addFinalizer(() => Effect.sync(stop))
          // Readers of a project that has moved are sent to where it is by now.
          const round = Effect.suspend(() => (placeOf(subject) === place ? poller.round : Effect.never)).pipe(
            Effect.tap(() => pages.gone(place, poller.takeGone())),
            Effect.catchDefect((defect) =>
              Effect.as(Effect.logError("a defect of the proxy", Cause.die(defect)), afterDefect)
            )
          )
          return { known: poller, round }
        })
      })
    })
  }
) {
  static readonly layer = Layer.effect(this, this.make)
}
