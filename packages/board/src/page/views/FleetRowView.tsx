import { useComputed } from "@preact/signals"
import { now } from "../Clock.ts"
import { escapeInvisible } from "../escapeInvisible.ts"
import { changed, type FleetRow } from "../Fleet.ts"
import { language, words } from "../Language.ts"
import { show } from "../Location.ts"
import { nearestMark, BackupTimeline } from "../parts/BackupTimeline.tsx"
import { VerdictIcon } from "../parts/Icon.tsx"
import { Text } from "../parts/Text.tsx"
import { resourceTypeText } from "../resourceTypeText.ts"
import { href } from "../Route.ts"
import { ageText } from "../timeText.ts"

interface RowProps {
  readonly row: FleetRow
  readonly index: number
  readonly project: string
  readonly height: number
  readonly isActive: boolean
}

/** A resource in the list: its verdict, name, age and marks of days. */
export const FleetRowView = ({ height, index, isActive, project, row: { judged, name, resource } }: RowProps) => {
  const { fleet: own, verdicts } = words.value
  const isChanged = useComputed(() => changed.value.has(resource.id))
  const { verdict, whole } = judged
  const about = [resourceTypeText(resource.type), whyText(judged)].filter((text) => text !== "").join(" · ")
  return (
    <div
      role="row"
      class={`row ${verdict}${isChanged.value ? " changed" : ""}`}
      data-row={index}
      aria-rowindex={index + 2}
      style={{ top: `${index * height}px`, height: `${height}px` }}
    >
      <span role="cell" class={`verdict ${verdict}`}>
        <VerdictIcon verdict={verdict} /> {verdicts[verdict]}
      </span>
      <span role="cell" class="name">
        <a
          href={href({ view: "resource", project, resource: resource.id })}
          tabIndex={isActive ? 0 : -1}
          title={escapeInvisible(name)}
        >
          <Text of={name} />
        </a>
        <small title={about}>{about}</small>
      </span>
      <span role="cell" class="age">
        {whole === undefined
          ? own.never
          : whole.at === 0
            ? "?"
            : own.ago(ageText(now.value - whole.at, language.value))}
      </span>
      <span
        role="cell"
        class="marks"
        onClick={({ clientX, currentTarget }) => {
          const { left, width } = currentTarget.getBoundingClientRect()
          const place = nearestMark(resource.strip, (clientX - left) / width)
          const backup = place === undefined ? undefined : resource.strip.ids[place]
          if (backup !== undefined) show({ view: "backup", project, backup })
        }}
      >
        <BackupTimeline strip={resource.strip} />
      </span>
      <span role="cell" class="number size">
        {resource.size === undefined ? "" : `${resource.size} GB`}
      </span>
      <span role="cell" class="vault">
        <code title={resource.vault}>{resource.vault?.slice(0, 8)}</code>
      </span>
    </div>
  )
}

/** The reason for a resource's verdict, and its newer backups. */
export const whyText = ({ newer, reason, verdict }: FleetRow["judged"]): string => {
  const { newer: news, reasons } = words.value
  const beside = reason === "none-whole" ? [] : [...new Set(newer.map(({ state }) => state))]
  return [
    verdict === "ok" ? "" : reasons[reason],
    ...beside.flatMap((state) => (state === "f" || state === "u" || state === "q" ? news[state] : []))
  ]
    .filter((text) => text !== "")
    .join(language.value === "zh" ? "；" : "; ")
}
