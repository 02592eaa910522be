import { JsonText } from "@cbr/domain"
import { useSignal } from "@preact/signals"
import { words } from "../Language.ts"
import { CopyLine } from "../parts/CopyLine.tsx"

/** The service's answer: laid out for reading, or byte for byte. */
export const ResponseJson = ({ raw }: { readonly raw: string }) => {
  const isRaw = useSignal(true)
  const isOpen = useSignal(false)
  const { json, jsonAsItCame, jsonLaidOut } = words.value.backup
  return (
    <section aria-labelledby="json-heading" class="json">
      <h2 id="json-heading">{json}</h2>
      <details
        onToggle={({ currentTarget }) => {
          isOpen.value = currentTarget.open
        }}
      >
        <summary>JSON</summary>
        {isOpen.value ? (
          <>
            <fieldset>
              <legend class="unseen">{json}</legend>
              {[true, false].map((value) => (
                <label key={String(value)}>
                  <input
                    type="radio"
                    name="json"
                    checked={isRaw.value === value}
                    onChange={() => {
                      isRaw.value = value
                    }}
                  />{" "}
                  {value ? jsonAsItCame : jsonLaidOut}
                </label>
              ))}
            </fieldset>
            <CopyLine label="JSON" text={isRaw.value ? raw : JsonText.indent(raw)} />
          </>
        ) : null}
      </details>
    </section>
  )
}
