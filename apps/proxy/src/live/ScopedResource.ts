import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"

/**
 * Has something done now, and undone when the scope ends. `acquireRelease`
 * does the same and keeps the whole context until then; of the scopes that
 * last as long as somebody watches there are many.
 */
export const scopedResource = <A>(
  take: Effect.Effect<A>,
  giveBack: (taken: A) => Effect.Effect<void>
): Effect.Effect<A, never, Scope.Scope> =>
  Effect.flatMap(Effect.scope, (scope) =>
    Effect.uninterruptible(
      Effect.flatMap(take, (taken) => Effect.as(Scope.addFinalizer(scope, giveBack(taken)), taken))
    )
  )
