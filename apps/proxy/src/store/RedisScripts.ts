import * as Redis from "effect/persistence/Redis"

// Each runs in Redis as one step. KEYS[1] holds a value, KEYS[2] the lease to write it: a lock after Redis' own
// pattern, SET NX PX with a token, let go and written under by its holder alone. A value is written only while the
// writer has the lease, so a replica that lost it, however late, overwrites nothing.
// https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/

/** A script that takes its keys, and then its arguments, as they stand. */
const script = (numberOfKeys: number, lua: string) =>
  Redis.script((...params: ReadonlyArray<string | number>) => params, { numberOfKeys, lua })

/** A value that was found: `left` and `life` in milliseconds. */
export type FoundReply = readonly ["found", version: string, value: string, life: string, left: number]

/** What there is that differs from what is known, else the lease, else how long it is held. Of value, lease; known, token, milliseconds. */
export const claim = script(
  2,
  `
local held = redis.pcall("HMGET", KEYS[1], "version", "value", "life")
if held.err then
  redis.call("DEL", KEYS[1])
  held = {}
end
if held[1] and held[1] ~= ARGV[1] then
  return { "found", held[1], held[2] or "", held[3] or "", redis.call("PTTL", KEYS[1]) }
end
if redis.call("SET", KEYS[2], ARGV[2], "NX", "PX", ARGV[3]) then
  return { "granted" }
end
local left = redis.call("PTTL", KEYS[2])
if left == -1 then
  redis.call("SET", KEYS[2], ARGV[2], "PX", ARGV[3])
  return { "granted" }
end
return { "taken", left }
`
).withReturnType<FoundReply | readonly ["granted"] | readonly ["taken", left: number]>()

/** What there is. Of value. */
export const look = script(
  1,
  `
local held = redis.pcall("HMGET", KEYS[1], "version", "value", "life")
if held.err or not held[1] then
  return {}
end
return { "found", held[1], held[2] or "", held[3] or "", redis.call("PTTL", KEYS[1]) }
`
).withReturnType<FoundReply | readonly []>()

/** Goes on holding the lease. Of lease; token, milliseconds. */
export const renew = script(
  1,
  `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call("PEXPIRE", KEYS[1], ARGV[2])
`
)

/** Writes a value, ends the lease and tells the others. Of value, lease; token, 1 to write without the lease, value, milliseconds, channel, notice. */
export const write = script(
  2,
  `
if ARGV[2] ~= "1" and redis.call("GET", KEYS[2]) ~= ARGV[1] then
  return 0
end
redis.call("DEL", KEYS[1], KEYS[2])
redis.call("HSET", KEYS[1], "version", ARGV[1], "value", ARGV[3], "life", ARGV[4])
redis.call("PEXPIRE", KEYS[1], ARGV[4])
redis.call("PUBLISH", ARGV[5], ARGV[6])
return 1
`
)

/**
 * Ends a lease and tells the others. Of value, lease; token or nothing for the lease of any replica, 1 to forget the value
 * too, channel, notice.
 */
export const release = script(
  2,
  `
if ARGV[1] ~= "" and redis.call("GET", KEYS[2]) ~= ARGV[1] then
  return 0
end
if ARGV[2] == "1" then
  redis.call("DEL", KEYS[1])
end
redis.call("DEL", KEYS[2])
redis.call("PUBLISH", ARGV[3], ARGV[4])
return 1
`
)

/** Adds a credential to those that are revoked, drops the oldest and tells every replica. Of set; id, now, oldest, channel. */
export const revoke = script(
  1,
  `
redis.call("ZADD", KEYS[1], ARGV[2], ARGV[1])
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", ARGV[3])
redis.call("PUBLISH", ARGV[4], "")
return 1
`
)
