import type * as Brand from "effect/Brand"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import type { LocalizedText } from "./LocalizedText.ts"

/**
 * A member that the API page does not list, kept exactly as it came.
 *
 * The brand makes a `switch` over the documented members leave one honest
 * remainder: an `Undocumented` string.
 * @category Backups
 * @since 0.1.0
 */
export type Undocumented = string & Brand.Brand<"Undocumented">

/**
 * An enumeration that knows its documented members and stays open.
 *
 * The service adds members over the years, so an unknown value is kept and
 * typed as {@link Undocumented}; it is never an error. `isDocumented` narrows,
 * `meanings` explains.
 *
 * @example
 * ```ts
 * if (BackupStatus.isDocumented(backup.status)) BackupStatus.meanings[backup.status].en
 * ```
 * @category Backups
 * @since 0.1.0
 */
export interface OpenEnum<Member extends string> extends Schema.Codec<Member | Undocumented, string> {
  /** The documented members, in the page's order. */
  readonly members: ReadonlyArray<Member>
  /** The meaning of each documented member. */
  readonly meanings: Readonly<Record<Member, LocalizedText>>
  /** Whether the page lists this value. */
  readonly isDocumented: (value: string) => value is Member
}

const annotation = "~cbr/OpenEnum"

/**
 * Makes an {@link OpenEnum} from its documented members and their meanings.
 */
export const make = <const Meanings extends Readonly<Record<string, LocalizedText>>>(
  identifier: string,
  meanings: Meanings
): OpenEnum<keyof Meanings & string> => {
  type Member = keyof Meanings & string
  const members = Object.keys(meanings) as Array<Member>
  const documented: ReadonlySet<string> = new Set(members)
  const isDocumented = (value: string): value is Member => documented.has(value)
  const schema: Schema.Codec<Member | Undocumented, string> = Schema.Union([
    Schema.Literals(members),
    Schema.String.pipe(Schema.brand("Undocumented"))
  ]).annotate({ identifier, [annotation]: { documented, meanings } })
  return Object.assign(schema, { members, meanings, isDocumented })
}

interface Documented {
  readonly documented: ReadonlySet<string>
  readonly meanings: Readonly<Record<string, LocalizedText>>
}

const annotated = (ast: SchemaAST.AST): Documented | undefined =>
  ast.annotations?.[annotation] as Documented | undefined

/**
 * The documented members of the enumeration behind a schema node, or
 * `undefined` when the node is no enumeration of this project.
 */
export const documentedMembers = (ast: SchemaAST.AST): ReadonlySet<string> | undefined => annotated(ast)?.documented

/** The meanings of the documented members of a schema node's enumeration; undefined if it has none. */
export const memberMeanings = (ast: SchemaAST.AST): Readonly<Record<string, LocalizedText>> | undefined =>
  annotated(ast)?.meanings
