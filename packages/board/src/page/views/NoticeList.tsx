import { words } from "../Language.ts"
import { VerdictIcon } from "../parts/Icon.tsx"
import { Text } from "../parts/Text.tsx"
import { href } from "../Route.ts"
import { dismiss, goalText, watches } from "../Watches.ts"

/** The reader's watches, and the result of each. */
export const NoticeList = () => {
  const { nav, tell } = words.value
  return (
    <aside class="notices" aria-label={nav.notices} aria-live="polite">
      {watches.value.map((watch) => {
        const { backup_id, goal, key, name, project_id, state, stream } = watch
        const text = goalText(goal)
        return (
          <p key={key} class={`notice ${state}`}>
            <VerdictIcon verdict={state === "reached" ? "ok" : state === "impossible" ? "critical" : "unknown"} />
            <span>
              <a href={href({ view: "backup", project: project_id, backup: backup_id })}>
                <Text of={name} />
              </a>
              {": "}
              {state === "waiting"
                ? `${tell.waiting} ${text}`
                : state === "reached"
                  ? tell.reached(text)
                  : tell.cannot(text)}
              {state === "waiting" && stream === "lost" ? ` · ${tell.lost}` : ""}
            </span>
            <button type="button" class="plain" onClick={() => dismiss(watch)}>
              {state === "waiting" ? tell.cancel : tell.dismiss}
            </button>
          </p>
        )
      })}
    </aside>
  )
}
