/**
 * The fields of an object that are not `undefined`. A type with
 * `exactOptionalPropertyTypes` tells an absent field from one that is
 * `undefined`; this makes the first of the second.
 *
 * @example
 * ```ts
 * const answer = { status, ...omitUndefined({ request_id, error_code }) }
 * ```
 * @category Objects
 * @since 0.2.0
 */
export const omitUndefined = <Fields extends object>(fields: Fields): OmitUndefined<Fields> => {
  const kept: Record<string, unknown> = {}
  for (const name of Object.keys(fields)) {
    const value = fields[name as keyof Fields]
    if (value !== undefined) kept[name] = value
  }
  return kept as OmitUndefined<Fields>
}

/**
 * The same fields; those that may be `undefined` may be absent instead.
 * @category Objects
 * @since 0.2.0
 */
export type OmitUndefined<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name]
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined>
}
