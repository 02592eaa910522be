import { useSignal } from "@preact/signals"
import { useRef } from "preact/hooks"
import { words } from "../Language.ts"

/** A text to take along, and a button that does. */
export const CopyLine = ({ label, text }: { readonly label: string; readonly text: string }) => {
  const isCopied = useSignal(false)
  const line = useRef<HTMLPreElement>(null)
  const { copied, copyText } = words.value.backup
  const copy = async () => {
    // A page that came by plain HTTP from elsewhere has no clipboard: the text is selected for the reader's own keys.
    if (!isSecureContext) {
      if (line.current !== null) getSelection()?.selectAllChildren(line.current)
      return
    }
    await navigator.clipboard.writeText(text)
    isCopied.value = true
    setTimeout(() => {
      isCopied.value = false
    }, 2000)
  }
  return (
    <div class="line">
      {/* Text that scrolls must be reachable by keyboard. */}
      <pre ref={line} tabIndex={0} aria-label={label} role="region">
        <code>{text}</code>
      </pre>
      <button type="button" onClick={() => void copy()} aria-label={`${copyText}: ${label}`}>
        <span role="status">{isCopied.value ? copied : copyText}</span>
      </button>
    </div>
  )
}
