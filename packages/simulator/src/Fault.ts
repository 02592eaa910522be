import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"

/**
 * A fault that a request meets in place of its answer. The default of a `body` is the API page's example.
 */
export type Fault = Data.TaggedEnum<{
  /** Another answer. Its headers are sent as they are, whatever they say of the body; one that is `undefined` is left out. */
  Answer: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string | undefined>>
    readonly body?: string | Uint8Array
  }
  /** Waits, by the simulator's clock; then `followedBy` happens, or the proper answer is given. */
  Delay: { readonly duration: Duration.Input; readonly followedBy?: Fault }
  /** No answer; the connection stays open. */
  Hang: {}
  /** The connection is reset before a byte of the answer. */
  Reset: {}
  /** The head announces the whole body, half of it comes, and the connection closes. */
  CutMidBody: { readonly body?: string }
  /** Half of the body comes in chunks, under `Connection: close`, and the connection closes without the last chunk. */
  CutChunks: { readonly body?: string }
  /** The proper answer, after which the connection is closed without having been announced. */
  CloseAfter: {}
  /** The head announces the whole body, half of it comes, and then nothing more. */
  StallMidBody: { readonly body?: string }
  /** `content-length` says `declared` bytes, and the whole body comes. */
  WrongLength: { readonly body?: string; readonly declared: number }
  /** A well-formed answer of `bytes` bytes, in chunks, so that no header tells its size. */
  HugeBody: { readonly bytes: number }
  /** The body compressed, though the client did not ask for it; `truncated` leaves out the second half. */
  Gzip: { readonly body?: string; readonly truncated?: boolean }
}>

/** Constructors of faults, for example `Fault.Answer({ status: 503 })`, `Fault.Hang()`. */
export const Fault = Data.taggedEnum<Fault>()
