import { type BackupResp, restoreOptions } from "@cbr/domain"
import { words } from "../Language.ts"
import { VerdictIcon } from "../parts/Icon.tsx"
import { Text } from "../parts/Text.tsx"

/** The restore options of a backup, with the obstacles of those that are not possible. */
export const RestoreList = ({ backup }: { readonly backup: BackupResp }) => {
  const { actions, backup: own } = words.value
  return (
    <section aria-labelledby="restore-heading">
      <h2 id="restore-heading">{own.restore}</h2>
      <ul class="options">
        {Object.values(restoreOptions(backup)).map(({ action, obstacles, possible }) => (
          <li key={action} class={possible ? "ok" : "impossible"}>
            <VerdictIcon verdict={possible ? "ok" : "critical"} />
            <span>
              <strong>{actions[action]}</strong> {possible ? own.possible : own.impossible}
              {obstacles.map(({ actual, expected, field }) => (
                <small key={field} class="reason">
                  <Text of={own.because(field, expected, actual ?? own.missing)} />
                </small>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
