import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as RcMap from "effect/RcMap"
import * as Scope from "effect/Scope"

/** A value that is known by a key: equal to any other with the same key. */
export class Keyed<A> implements Equal.Equal {
  readonly key: string
  readonly value: A

  constructor(key: string, value: A) {
    this.key = key
    this.value = value
  }

  [Equal.symbol](that: unknown): boolean {
    return that instanceof Keyed && that.key === this.key
  }

  [Hash.symbol](): number {
    return Hash.string(this.key)
  }
}

/**
 * Resources that outlive a configuration: clients with their circuits, tokens, refused
 * keys, key sets of issuers. Each is known by what it was made of, so the next
 * configuration has the very same where it says the same, and a new one where
 * it does not; it ends with the last configuration that has it.
 */
export interface KeyedResources {
  /** The same for the same identity, as long as one scope lasts that asked for it. */
  readonly get: <A, E, R>(
    id: string,
    make: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E, Exclude<R, Scope.Scope> | Scope.Scope>
}

/** Without them, each value is made anew. */
export const KeyedResources = Context.Reference<KeyedResources>("@cbr/proxy/KeyedResources", {
  defaultValue: () => ({ get: (_, make) => make as never })
})

/** Makes resources that live as long as the scope at most. */
export const makeKeyedResources: Effect.Effect<KeyedResources, never, Scope.Scope> = Effect.map(
  RcMap.make({ lookup: ({ value }: Keyed<Effect.Effect<unknown, unknown, Scope.Scope>>) => value }),
  (kept): KeyedResources => ({
    get: <A, E, R>(id: string, make: Effect.Effect<A, E, R>) =>
      Effect.contextWith((asking: Context.Context<Exclude<R, Scope.Scope> | Scope.Scope>) => {
        // It is made in a scope of its own, which may outlive that of the first request for it.
        const own = Effect.flatMap(Effect.scope, (scope) =>
          Effect.provideContext(make, Context.add(asking, Scope.Scope, scope) as Context.Context<R>)
        )
        return RcMap.get(kept, new Keyed(id, own)) as Effect.Effect<A, E, Scope.Scope>
      })
  })
)
