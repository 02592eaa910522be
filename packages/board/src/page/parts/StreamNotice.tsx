import type { StreamState } from "../EventStream.ts"
import { words } from "../Language.ts"

/** A notice of the stream's state. */
export const StreamNotice = ({ state }: { readonly state: StreamState }) => {
  const { stream } = words.value
  const name = typeof state === "object" ? "off" : state
  return (
    <p class={`stream ${name}`} role="status">
      <span class="lamp" aria-hidden="true" />
      {stream[name]}
    </p>
  )
}
