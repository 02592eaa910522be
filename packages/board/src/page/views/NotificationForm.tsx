import type { BackupResp } from "@cbr/domain"
import { useSignal } from "@preact/signals"
import { words } from "../Language.ts"
import type { Session } from "../Session.ts"
import type { WaitCondition } from "../WaitCondition.ts"
import { maxWatches, tellWhen, watches } from "../Watches.ts"

const kinds: ReadonlyArray<WaitCondition["kind"]> = ["available", "children", "replicated", "restorable", "deleted"]

/** Lets the reader be told when something comes to pass. */
export const NotificationForm = ({
  backup,
  name,
  request,
  session
}: {
  readonly backup: BackupResp
  readonly name: string
  readonly request: { readonly project_id: string; readonly backup_id: string }
  readonly session: Session
}) => {
  const { tell } = words.value
  const kind = useSignal<WaitCondition["kind"]>("available")
  const regions = [
    ...new Set((backup.replication_records ?? []).flatMap(({ destination_region }) => destination_region ?? []))
  ]
  const region = useSignal(regions[0] ?? "")
  const isQuiet = useSignal(false)
  const isFull = watches.value.filter(({ state }) => state === "waiting").length >= maxWatches
  const submit = async () => {
    const where = region.value.trim()
    if (isFull || (kind.value === "replicated" && where === "")) return
    const goal: WaitCondition =
      kind.value === "replicated" ? { kind: "replicated", region: where } : { kind: kind.value }
    tellWhen(session, { ...request, name, goal })
    isQuiet.value = typeof Notification === "undefined" || (await Notification.requestPermission()) !== "granted"
  }
  return (
    <section aria-labelledby="tell-heading">
      <h2 id="tell-heading">{tell.heading}</h2>
      <form
        class="tell"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <label>
          <span>{tell.when}</span>
          <select
            value={kind.value}
            onChange={({ currentTarget }) => (kind.value = currentTarget.value as WaitCondition["kind"])}
          >
            {kinds.map((each) => (
              <option key={each} value={each}>
                {tell.goals[each]}
              </option>
            ))}
          </select>
        </label>
        {kind.value === "replicated" ? (
          <input
            aria-label={tell.region}
            placeholder={tell.region}
            value={region.value}
            required
            spellcheck={false}
            onInput={({ currentTarget }) => (region.value = currentTarget.value)}
          />
        ) : null}
        <button type="submit" disabled={isFull}>
          {tell.submit}
        </button>
      </form>
      <p class="quiet" role="status">
        {isFull ? tell.tooMany : isQuiet.value ? tell.quiet : ""}
      </p>
    </section>
  )
}
