import type { FailureDetail } from "@cbr/client"
import type * as Facade from "@cbr/client/promise"
import type { BackupResp, Timestamp } from "@cbr/domain"
import { expectTypeOf, it } from "@effect/vitest"
import type { Duration, Effect, Option, Redacted, Stream } from "effect"

/** Every type that the entry exports, and the type of every value that it does. */
type Public = {
  readonly values: typeof Facade
  readonly types: [
    Facade.BackupClient,
    Facade.BackupClientOptions,
    Facade.BackupError,
    Facade.BackupOutcome,
    Facade.BackupResponse,
    Facade.Condition,
    Facade.LatestOptions,
    Facade.ListFilter,
    Facade.ListOptions,
    Facade.ManyOptions,
    Facade.PlainTimestamp,
    Facade.Query,
    Facade.RequestOptions,
    Facade.ResourceFilter,
    Facade.WaitOptions,
    Facade.WatchOptions
  ]
}

/** Effect adds members to the `Error` of every program that loads it; they are no part of the client's types. */
type Keys<T> = Exclude<keyof T, keyof Error>

/**
 * Where a type of Effect's stands in `T`, as a path, or `never`. Effect marks
 * each of its types with a property whose name begins with `~effect/`, and its
 * errors with `pipe` too.
 */
type EffectIn<T, Path extends string = "", Depth extends ReadonlyArray<unknown> = []> = Depth["length"] extends 12
  ? never
  : T extends undefined | null | FailureDetail
    ? never
    : Extract<Keys<T>, `~effect/${string}` | "pipe"> extends never
      ? EffectInParts<T, Path, [...Depth, 0]>
      : Path

type EffectInParts<T, Path extends string, Depth extends ReadonlyArray<unknown>> = T extends Primitive | Platform
  ? never
  : T extends (...args: infer Parameters) => infer Result
    ? EffectIn<Parameters[number], `${Path}(…)`, Depth> | EffectIn<Result, `${Path}()`, Depth>
    : T extends abstract new (...args: infer Parameters) => infer Instance
      ? EffectIn<Parameters[number], `new ${Path}(…)`, Depth> | EffectIn<Instance, `new ${Path}`, Depth>
      : T extends PromiseLike<infer A> | AsyncIterable<infer A> | Iterable<infer A>
        ? EffectIn<A, `${Path}[]`, Depth>
        : { [Key in Keys<T>]-?: EffectIn<T[Key], `${Path}.${Key & string}`, Depth> }[Keys<T>]

type Primitive = string | number | boolean | bigint | symbol

type Platform = Date | AbortSignal | typeof globalThis.fetch

it("no type of Effect's is in the types of the entry", () => {
  expectTypeOf<EffectIn<Public>>().toEqualTypeOf<never>()
})

it("every kind of error has its class in the entry", () => {
  expectTypeOf<Exclude<Facade.BackupError["_tag"], keyof typeof Facade>>().toEqualTypeOf<never>()
})

it("the search for types of Effect's finds what there is to find", () => {
  expectTypeOf<EffectIn<{ a: Effect.Effect<1> }>>().toEqualTypeOf<".a">()
  expectTypeOf<EffectIn<() => Promise<ReadonlyArray<Option.Option<1>>>>>().toEqualTypeOf<"()[][]">()
  expectTypeOf<EffectIn<(a: Stream.Stream<1>) => void>>().toEqualTypeOf<"(…)">()
  expectTypeOf<EffectIn<{ a?: { b: Duration.Duration } }>>().toEqualTypeOf<".a.b">()
  expectTypeOf<EffectIn<{ a: string | Redacted.Redacted<string> }>>().toEqualTypeOf<".a">()
  expectTypeOf<EffectIn<Timestamp>>().not.toEqualTypeOf<never>()
  expectTypeOf<EffectIn<Pick<BackupResp, "created_at">>>().not.toEqualTypeOf<never>()
  expectTypeOf<EffectIn<Pick<BackupResp, "status">>>().not.toEqualTypeOf<never>()
})
