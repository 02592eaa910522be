import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"

/**
 * Acquires a resource now, and releases it when the scope ends. `acquireRelease`
 * does the same and keeps the whole context until then; a subscription has a
 * scope of its own, and there are many.
 */
export const acquireInScope = <A>(
  take: Effect.Effect<A>,
  giveBack: (taken: A) => Effect.Effect<void>
): Effect.Effect<A, never, Scope.Scope> =>
  Effect.flatMap(Effect.scope, (scope) =>
    Effect.uninterruptible(
      Effect.flatMap(take, (taken) => Effect.as(Scope.addFinalizer(scope, giveBack(taken)), taken))
    )
  )
