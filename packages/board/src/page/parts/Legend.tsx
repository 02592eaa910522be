import { MarkState } from "../../contract/FleetDigest.ts"
import { words } from "../Language.ts"
import { MarkPicture } from "./BackupTimeline.tsx"

/** The meaning of each mark of a strip. */
export const Legend = () => {
  const { fleet, marks, replicated } = words.value
  return (
    <details class="legend">
      <summary>{fleet.legend}</summary>
      <ul>
        {MarkState.literals.map((state) => (
          <li key={state}>
            <MarkPicture state={state} /> {marks[state]}
          </li>
        ))}
        <li>
          <svg class="mark" viewBox="-1 -1 8 18" width="8" height="18" aria-hidden="true" focusable="false">
            <path class="copy" d="M1.5 12h3v2h-3z" />
          </svg>{" "}
          {replicated}
        </li>
      </ul>
    </details>
  )
}
