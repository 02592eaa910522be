import { type BackupResp, type DocumentedField, documentedFields, Timestamp } from "@cbr/domain"
import { language, words } from "../Language.ts"
import { Text } from "../parts/Text.tsx"

/** Every field of the API's page, with what it holds here and, when it is opened, what it means. */
export const FieldList = ({ backup }: { readonly backup: BackupResp }) => {
  const { fields, fieldsHint } = words.value.backup
  const all = documentedFields().map((field) => ({ field, values: valuesAt(backup, field.path) }))
  const there = all.filter(({ values }) => values.length > 0)
  const absent = all.filter(({ values }) => values.length === 0)
  const item = ({ field, values }: FieldProps) => <Field key={field.path} field={field} values={values} />
  return (
    <section aria-labelledby="fields-heading">
      <h2 id="fields-heading">{fields}</h2>
      <p class="quiet">{fieldsHint}</p>
      <div class="fields">{there.map(item)}</div>
      {absent.length === 0 ? null : (
        <details class="absent">
          <summary>{words.value.backup.absentFields(absent.length)}</summary>
          <div class="fields">{absent.map(item)}</div>
        </details>
      )}
    </section>
  )
}

interface FieldProps {
  readonly field: DocumentedField
  readonly values: ReadonlyArray<string>
}

const Field = ({ field, values }: FieldProps) => {
  const { missing } = words.value.backup
  const members = Object.entries(field.values ?? {})
  return (
    <details class="field">
      <summary>
        <code>{field.path}</code>
        <span class={values.length === 0 ? "value quiet" : "value"}>
          {values.length === 0 ? missing : <Text of={values.join(", ")} />}
        </span>
      </summary>
      <p>{field.meaning[language.value]}</p>
      {members.length === 0 ? null : (
        <dl class="members">
          {members.map(([member, meaning]) => (
            <div key={member}>
              <dt>
                <code>{member}</code>
              </dt>
              <dd>{meaning[language.value]}</dd>
            </div>
          ))}
        </dl>
      )}
    </details>
  )
}

/** The values at a path such as `replication_records[].status`, one text for each element. */
const valuesAt = (backup: BackupResp, path: string): ReadonlyArray<string> => {
  let values: ReadonlyArray<unknown> = [backup]
  for (const step of path.split(".")) {
    const name = step.replace("[]", "")
    values = values.flatMap((value) => {
      const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined
      return step.endsWith("[]") && Array.isArray(found) ? (found as ReadonlyArray<unknown>) : [found]
    })
  }
  return values.filter((value) => value !== undefined).map(textOf)
}

const textOf = (value: unknown): string => {
  if (typeof value === "string") return value
  if (value instanceof Timestamp) return value.text
  if (Array.isArray(value)) return `[${value.length}]`
  return typeof value === "object" ? "{…}" : JSON.stringify(value)
}
