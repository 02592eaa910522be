import { hash } from "node:crypto"
import type { BackupNotFound } from "@cbr/client"
import { phase } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { CachePolicy } from "../policy/CachePolicy.ts"
import { isHeaderValue } from "../problems/HeaderValue.ts"
import { type ListAnswer, isListAnswer } from "../upstream/ListAnswer.ts"
import { type BackupState, stateOf } from "./BackupState.ts"
import type { CloudAnswer, CloudResponse } from "./CloudAnswer.ts"
import { type ContentCoding, encode } from "./ContentCoding.ts"
import { freshnessOfAbsence, type Freshness, freshnessOf, freshnessOfList } from "./Freshness.ts"

/** A body as it goes over the wire, with the header values that depend on nothing else. */
export class Representation {
  readonly body: Buffer
  /** Strong and quoted. Two codings of one body have two tags, since their bytes differ. */
  readonly etag: string
  readonly length: string
  #text: string | undefined
  #wasWritten = false

  constructor(body: Buffer, etag: string) {
    this.body = body
    this.etag = etag
    this.length = String(body.length)
  }

  /**
   * The body as Node writes it fastest: a small one as text, one character for a byte, in one piece with the head. The
   * text is kept from the second time on: the collector would copy it for nothing where there is one answer.
   */
  get written(): Buffer | string {
    if (this.body.length > largestText) return this.body
    const text = this.#text ?? this.body.toString("latin1")
    if (this.#wasWritten) this.#text = text
    this.#wasWritten = true
    return text
  }
}

/** When the answer was asked for anew; shared by every copy of an entry. */
export interface Revalidation {
  /** When an attempt last began, in milliseconds since 1970. */
  lastAt: number
  /** Until when no attempt is made after one that failed. */
  backoffUntil: number
  /** Whether one is under way that no caller waits for. */
  revalidating: boolean
}

interface Entry {
  /** When the service answered, in milliseconds since 1970. */
  readonly at: number
  readonly freshness: Freshness
  /** Whether the backup was on its way to being gone when last seen. */
  readonly leaving: boolean
  /** By which replicas tell this answer from others; absent where there are no others to tell. */
  readonly version?: string | undefined
}

/** A backup, or a page of the list, in wire form. */
export interface Present extends Entry {
  readonly _tag: "Present"
  /** The key of the entry. */
  readonly key: string
  readonly identity: Representation
  /** Made when a caller first asks for one. */
  readonly encoded: { readonly [Coding in ContentCoding]?: Representation }
  /** The service's id of the call that fetched it, if it can stand in a field of an answer. */
  readonly request_id: string | undefined
  readonly revalidation: Revalidation
  /** The state that it tells, of a backup. */
  readonly state?: BackupState
  /** The states that it tells by id, of a page of the list. */
  readonly states?: ReadonlyMap<string, BackupState>
  /** The projects of the backups on a page of the list, as each backup names its own. */
  readonly projects?: ReadonlySet<string>
}

/** That there is no such backup. */
export interface Absent extends Entry {
  readonly _tag: "Absent"
  readonly error: BackupNotFound
}

/** A cached answer: a backup, a page of the list, or that there is no such backup. */
export type CacheEntry = Present | Absent

/** The moment of an answer, and the rules for it. */
export interface EntryOptions {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly version: string | undefined
  /** The context that has the rules of freshness, and the chance for their jitter. */
  readonly context: Context.Context<never>
}

/** The entry for an answer. */
export const entryOf = (
  key: string,
  { answer, wasLeaving }: CloudAnswer,
  { at, context, version }: EntryOptions
): CacheEntry => {
  const chance = Context.get(context, Random.Random).nextDoubleUnsafe()
  const rules = Context.get(context, CachePolicy)
  if (Result.isFailure(answer)) {
    const freshness = freshnessOfAbsence(wasLeaving, at, chance, rules)
    return { _tag: "Absent", at, freshness, leaving: wasLeaving, version, error: answer.failure }
  }
  const { raw, request_id } = answer.success
  const body = Buffer.from(raw)
  return {
    _tag: "Present",
    key,
    at,
    ...told(answer.success, at, chance, rules),
    version,
    identity: new Representation(body, `"${hash("sha256", body, "base64url")}"`),
    encoded: {},
    request_id: isHeaderValue(request_id) ? request_id : undefined,
    revalidation: { lastAt: at, backoffUntil: 0, revalidating: false }
  }
}

/** The fields that differ between a backup and a page of the list. */
const told = (answer: CloudResponse, at: number, chance: number, rules: CachePolicy) => {
  if (isListAnswer(answer)) {
    const freshness = freshnessOfList(backupsOf(answer), at, chance, rules)
    return { freshness, leaving: false, states: statesOf(answer), projects: projectsOf(answer) }
  }
  const { backup } = answer
  return {
    freshness: freshnessOf(backup, at, chance, rules),
    leaving: phase(backup.status) === "leaving",
    state: stateOf(backup)
  }
}

/** The entry with its body in one coding more. */
export const withCoding = (entry: Present, coding: ContentCoding): Present => {
  const body = encode(entry.identity.body, coding)
  const etag = `${entry.identity.etag.slice(0, -1)}-${coding}"`
  return { ...entry, encoded: { ...entry.encoded, [coding]: new Representation(body, etag) } }
}

/** Bytes that an entry takes: its bodies, and a round figure for the rest. */
export const sizeOf = (entry: CacheEntry): number =>
  entry._tag === "Absent"
    ? overhead
    : Object.values(entry.encoded).reduce(
        (sum, { body }) => sum + taken(body),
        taken(entry.identity.body) + overhead + (entry.states?.size ?? 0) * stateBytes
      )

/** The largest body that is also kept as text: beyond this the second form costs more memory than it saves time. */
export const largestText = 8 * 1024

const taken = ({ length }: Uint8Array): number => (length > largestText ? length : 2 * length)

const overhead = 1_024

/** Of one backup on a page of the list. */
const stateBytes = 320

const backupsOf = ({ backups }: ListAnswer) => backups.map(({ backup }) => backup)

const statesOf = (answer: ListAnswer): ReadonlyMap<string, BackupState> =>
  new Map(
    backupsOf(answer).flatMap((backup) =>
      backup.id === undefined ? [] : [[backup.id.toLowerCase(), stateOf(backup)] as const]
    )
  )

const projectsOf = (answer: ListAnswer): ReadonlySet<string> =>
  new Set(backupsOf(answer).flatMap(({ project_id }) => project_id ?? []))
