import * as Schema from "effect/Schema"

/**
 * The state of a backup, as one letter of a strip:
 *
 * - `w`: it is whole, and nothing speaks against it;
 * - `b`: it is whole and busy: it is being copied or restored from;
 * - `d`: it is whole, and a copy of it failed or was skipped;
 * - `n`: it is whole, and something that was said of it is not clear;
 * - `x`: it is whole, and its expiry has passed;
 * - `u`: it is being made;
 * - `q`: what the service said does not tell whether it is whole;
 * - `f`: it or a part of it failed;
 * - `l`: it is being deleted.
 */
export const MarkState = Schema.Literals(["w", "b", "d", "n", "x", "u", "q", "f", "l"])

/** The state of a backup, as one letter of a strip. */
export type MarkState = typeof MarkState.Type

/**
 * Backups of a resource, newest first: those of the last 30 days, the two newest whole ones and the newest of each state. The columns
 * are of equal length: one place in each is one backup.
 */
export const Strip = Schema.Struct({
  /** A {@link MarkState} each. */
  states: Schema.String.check(Schema.isPattern(/^[wbdnxuqfl]*$/)),
  /** `1` where every copy to another region succeeded, `0` where there is none or not every one did. */
  replicated: Schema.String.check(Schema.isPattern(/^[01]*$/)),
  /** The moment of the content, else of the creation, in seconds since 1970; 0 where neither was said. */
  at: Schema.Array(Schema.Int),
  /** Ids of the backups. */
  ids: Schema.Array(Schema.String)
})

/** The backups of a resource, newest first. */
export type Strip = typeof Strip.Type

/** A server, disk or other resource, by its backups. */
export const ResourceDigest = Schema.Struct({
  /** Id of the resource; the name that was expected where no backup has it. */
  id: Schema.String,
  name: Schema.optionalKey(Schema.String),
  /** The service's name of the type: `OS::Nova::Server`. */
  type: Schema.optionalKey(Schema.String),
  /** Id of the vault of its newest backup. */
  vault: Schema.optionalKey(Schema.String),
  /** In GB. */
  size: Schema.optionalKey(Schema.Int),
  /** Whether the configuration says that it must have a backup. */
  expected: Schema.Boolean,
  strip: Strip
})

/** A server, disk or other resource, by its backups. */
export type ResourceDigest = typeof ResourceDigest.Type

/**
 * A project's fleet: what the page shows first, in a few hundred bytes a resource.
 *
 * @source GET /-/v1/projects/{project_id}/fleet
 */
export const FleetDigest = Schema.Struct({
  project_id: Schema.String,
  /** Time of the last page of the list that the service gave the gateway, in seconds since 1970. */
  read_at: Schema.Int,
  /** Whether the list may lack backups or be out of date: it was not read to its end, or the last look at it failed. */
  incomplete: Schema.Boolean,
  resources: Schema.Array(ResourceDigest)
}).annotate({ identifier: "FleetDigest" })

/** A project's fleet, in a few hundred bytes a resource. */
export type FleetDigest = typeof FleetDigest.Type
