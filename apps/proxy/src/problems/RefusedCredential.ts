import * as Duration from "effect/Duration"

/** How long a credential rests that the cloud refused, in milliseconds: as long as the service locks a key for. */
export const refusedFor = Duration.toMillis(Duration.minutes(5))
