import { type BackupResp, BackupStatus } from "@cbr/domain"
import { language, words } from "../Language.ts"
import { Text } from "../parts/Text.tsx"

/** The documented way of a backup; what it goes through only when it is restored from, or when it fails, hangs below. */
const main = ["waiting_protect", "protecting", "available", "waiting_delete", "deleting", "gone"] as const
const restore = ["waiting_restore", "restoring"] as const
const failure = ["error"] as const

type Step = (typeof main)[number] | (typeof restore)[number] | (typeof failure)[number]

/** The life of a backup as a picture, and where it stands now. */
export const LifeCycle = ({
  backup: { status },
  isGone
}: {
  readonly backup: BackupResp
  readonly isGone: boolean
}) => {
  const { backup: own } = words.value
  const here = isGone ? "gone" : status
  const isUnknown = here !== undefined && here !== "gone" && !BackupStatus.isDocumented(here)
  const item = (step: Step) => (
    <li key={step} class={step} {...(step === here ? { "aria-current": "step" as const } : {})}>
      <span class="step">
        {step === "gone" ? (
          own.goneStep
        ) : (
          <>
            {BackupStatus.meanings[step][language.value]} <small>{step}</small>
          </>
        )}
      </span>
      {step === here ? <span class="here">{own.here}</span> : null}
    </li>
  )
  return (
    <section aria-labelledby="life-heading">
      <h2 id="life-heading">{own.lifeCycle}</h2>
      <ol class="life">{main.map(item)}</ol>
      <p class="quiet">{own.whileRestored}</p>
      <ol class="life">{restore.map(item)}</ol>
      <p class="quiet">{own.whenFailed}</p>
      <ol class="life">{failure.map(item)}</ol>
      {here === undefined ? <p class="quiet">{own.notSaid}</p> : null}
      {isUnknown ? (
        <p class="unknown">
          <strong>
            <Text of={here} />
          </strong>{" "}
          {own.here}
        </p>
      ) : null}
    </section>
  )
}
