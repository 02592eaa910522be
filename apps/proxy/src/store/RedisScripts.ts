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

/**
 * The value that differs from the known version, else the lease, else the time that another has it. Without a token the
 * script asks for no lease. Of value, lease; known version, token, milliseconds.
 */
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
if ARGV[2] == "" then
  return { "taken", 0 }
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

/**
 * Ends a lease and tells the others; the value stays (`keep`), goes (`forget`), or makes room for a new one (`write`). Of
 * value, lease; token or nothing for the lease of any replica, one of these words, channel, notice, version, value,
 * milliseconds.
 */
export const release = script(
  2,
  `
if ARGV[1] ~= "" and redis.call("GET", KEYS[2]) ~= ARGV[1] then
  return 0
end
redis.call("DEL", KEYS[2])
if ARGV[2] ~= "keep" then
  redis.call("DEL", KEYS[1])
end
if ARGV[2] == "write" then
  redis.call("HSET", KEYS[1], "version", ARGV[5], "value", ARGV[6], "life", ARGV[7])
  redis.call("PEXPIRE", KEYS[1], ARGV[7])
end
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
