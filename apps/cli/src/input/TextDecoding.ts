import { TextFile } from "@cbr/client"
import * as Stream from "effect/Stream"

/** Bytes as text, piece by piece: UTF-8, or UTF-16 behind its byte order mark, as Windows PowerShell 5.1 writes it. */
export const decodeText = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Stream.Stream<string, E, R> =>
  Stream.mapAccum(bytes, () => start, decode, { onHalt: end })

/** The first byte alone, or a decoder of the encoding that the first two bytes show. */
type DecoderState = Uint8Array | InstanceType<typeof TextDecoder>

const start: DecoderState = new Uint8Array()

const decode = (state: DecoderState, piece: Uint8Array): readonly [DecoderState, ReadonlyArray<string>] => {
  if (state instanceof TextDecoder) return [state, [state.decode(piece, { stream: true })]]
  const begun = state.length === 0 ? piece : Uint8Array.of(...state, ...piece)
  return begun.length < 2 ? [begun, []] : decode(new TextDecoder(TextFile.encodingOf(begun)), begun)
}

const end = (state: DecoderState): ReadonlyArray<string> => [
  state instanceof TextDecoder ? state.decode() : new TextDecoder().decode(state)
]
