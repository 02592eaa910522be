import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"

/** A new id, under which one request is answered and logged: 32 hex digits. */
export const requestId: Effect.Effect<string, never, SecureRandom.SecureRandom> = SecureRandom.SecureRandom.use(
  (random) => Effect.map(random.randomBytes(16), Hex.encode)
)
