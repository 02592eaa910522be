import { Verdict } from "@cbr/domain"
import { useComputed } from "@preact/signals"
import { type FleetRow, rows } from "../Fleet.ts"
import { words } from "../Language.ts"
import { show } from "../Location.ts"
import { resourceTypeText } from "../resourceTypeText.ts"
import { type FleetQuery, wholeFleet, type FleetRoute } from "../Route.ts"

/** Hours that a backup may be old: some usual ones. */
const usualHours = [13, 26, 50, 24 * 7, 24 * 30]

/** The filters of the list. */
export const FleetFilters = ({ at }: { readonly at: FleetRoute }) => {
  const { fleet: own, span } = words.value
  const refine = (part: Partial<FleetQuery>) => show({ ...at, ...part }, "replace")
  const vaults = useComputed(() => distinct(rows.value, "vault"))
  const types = useComputed(() => distinct(rows.value, "type"))
  const isFiltered = at.words !== "" || at.verdict !== "" || at.vault !== "" || at.type !== ""
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        type="search"
        aria-label={own.search}
        placeholder={own.search}
        value={at.words}
        onInput={({ currentTarget }) => refine({ words: currentTarget.value })}
      />
      <label>
        <span>{own.maxAge}</span>
        <select
          value={String(at.hours)}
          onChange={({ currentTarget }) => refine({ hours: Number(currentTarget.value) })}
        >
          {[...new Set([...usualHours, at.hours])]
            .sort((one, other) => one - other)
            .map((hours) => (
              <option key={hours} value={String(hours)}>
                {span(hours)}
              </option>
            ))}
        </select>
      </label>
      <select
        aria-label={own.verdict}
        value={at.verdict}
        onChange={({ currentTarget }) => refine({ verdict: currentTarget.value })}
      >
        <option value="">{own.anyVerdict}</option>
        {[...Verdict.literals].reverse().map((verdict) => (
          <option key={verdict} value={verdict}>
            {words.value.verdicts[verdict]}
          </option>
        ))}
      </select>
      <select
        aria-label={own.type}
        value={at.type}
        onChange={({ currentTarget }) => refine({ type: currentTarget.value })}
      >
        <option value="">{own.anyType}</option>
        {types.value.map((type) => (
          <option key={type} value={type}>
            {resourceTypeText(type)}
          </option>
        ))}
      </select>
      <select
        aria-label={own.vault}
        value={at.vault}
        onChange={({ currentTarget }) => refine({ vault: currentTarget.value })}
      >
        <option value="">{own.anyVault}</option>
        {vaults.value.map((vault) => (
          <option key={vault} value={vault}>
            {vault}
          </option>
        ))}
      </select>
      {isFiltered ? (
        <button type="button" onClick={() => show({ ...at, ...wholeFleet, hours: at.hours }, "replace")}>
          {own.clear}
        </button>
      ) : null}
    </form>
  )
}

const distinct = (all: ReadonlyArray<FleetRow>, field: "vault" | "type"): ReadonlyArray<string> =>
  [...new Set(all.flatMap(({ resource }) => resource[field] ?? []))].sort()
