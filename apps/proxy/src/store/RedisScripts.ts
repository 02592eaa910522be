import * as Redis from "effect/persistence/Redis"

// Each runs in Redis as one step. KEYS[1] holds an answer, KEYS[2] the right to call for it: a lock after Redis' own
// pattern, SET NX PX with a token, let go and written under by its holder alone. An answer is written only while the
// writer has the lock, so a replica that lost it, however late, overwrites nothing.
// https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/

/** What there is that differs from what is known, else the lock, else how long it is held. */
export const claim = Redis.script(
  (answer: string, lock: string, known: string, token: string, milliseconds: number) => [
    answer,
    lock,
    known,
    token,
    milliseconds
  ],
  {
    numberOfKeys: 2,
    lua: `
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
  }
).withReturnType<
  | readonly ["found", version: string, value: string, life: string, left: number]
  | readonly ["granted"]
  | readonly ["taken", left: number]
>()

/** What there is. */
export const look = Redis.script((answer: string) => [answer], {
  numberOfKeys: 1,
  lua: `
local held = redis.pcall("HMGET", KEYS[1], "version", "value", "life")
if held.err or not held[1] then
  return {}
end
return { "found", held[1], held[2] or "", held[3] or "", redis.call("PTTL", KEYS[1]) }
`
}).withReturnType<readonly ["found", version: string, value: string, life: string, left: number] | readonly []>()

/** Goes on holding the lock. */
export const renew = Redis.script((lock: string, token: string, milliseconds: number) => [lock, token, milliseconds], {
  numberOfKeys: 1,
  lua: `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call("PEXPIRE", KEYS[1], ARGV[2])
`
}).withReturnType<number>()

/** What writes an answer is given. */
const writing = (
  answer: string,
  lock: string,
  fields: {
    readonly token: string
    readonly value: string
    readonly milliseconds: number
    readonly channel: string
    readonly notice: string
  }
) => [answer, lock, fields.token, fields.value, fields.milliseconds, fields.channel, fields.notice]

/** Writes the answer, lets the lock go and tells the others. */
export const store = Redis.script(writing, {
  numberOfKeys: 2,
  lua: `
if redis.call("GET", KEYS[2]) ~= ARGV[1] then
  return 0
end
redis.call("DEL", KEYS[1])
redis.call("HSET", KEYS[1], "version", ARGV[1], "value", ARGV[2], "life", ARGV[3])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
redis.call("DEL", KEYS[2])
redis.call("PUBLISH", ARGV[4], ARGV[5])
return 1
`
}).withReturnType<number>()

/** Writes without the lock, ends it for the replica that has it and tells the others. */
export const overrule = Redis.script(writing, {
  numberOfKeys: 2,
  lua: `
redis.call("DEL", KEYS[1], KEYS[2])
redis.call("HSET", KEYS[1], "version", ARGV[1], "value", ARGV[2], "life", ARGV[3])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
redis.call("PUBLISH", ARGV[4], ARGV[5])
return 1
`
}).withReturnType<number>()

/** Lets the lock go and tells the others; with it, if so said, goes what there was. */
export const release = Redis.script(
  (
    answer: string,
    lock: string,
    fields: {
      readonly token: string
      readonly forgets: boolean
      readonly channel: string
      readonly notice: string
    }
  ) => [answer, lock, fields.token, fields.forgets ? 1 : 0, fields.channel, fields.notice],
  {
    numberOfKeys: 2,
    lua: `
if redis.call("GET", KEYS[2]) ~= ARGV[1] then
  return 0
end
if ARGV[2] == "1" then
  redis.call("DEL", KEYS[1])
end
redis.call("DEL", KEYS[2])
redis.call("PUBLISH", ARGV[3], ARGV[4])
return 1
`
  }
).withReturnType<number>()

/** Forgets what there is, ends the lock for the replica that has it, and tells the others. */
export const forget = Redis.script(
  (answer: string, lock: string, channel: string, notice: string) => [answer, lock, channel, notice],
  {
    numberOfKeys: 2,
    lua: `
redis.call("DEL", KEYS[1], KEYS[2])
redis.call("PUBLISH", ARGV[1], ARGV[2])
return 1
`
  }
).withReturnType<number>()

/** Adds a credential to those that are revoked, drops the oldest and tells every replica. */
export const revoke = Redis.script(
  (set: string, id: string, now: number, oldest: number, channel: string) => [set, id, now, oldest, channel],
  {
    numberOfKeys: 1,
    lua: `
redis.call("ZADD", KEYS[1], ARGV[2], ARGV[1])
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", ARGV[3])
redis.call("PUBLISH", ARGV[4], "")
return 1
`
  }
).withReturnType<number>()
