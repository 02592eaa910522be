import type { Verdict } from "@cbr/domain"

/** A verdict, or that something is under way and will end by itself. */
export type Sign = Verdict | "going"

/** A shape a sign: it can be told from the others without its colour. */
const shapes: Readonly<Record<Sign, string>> = {
  going: "M2.5 8H13M9 4l4 4-4 4",
  ok: "M3 8.5 6.5 12 13 4.5",
  warning: "M8 2 14.5 13.5H1.5ZM8 6.5V9.5M8 11.6V12",
  unknown: "M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.3 8.6 8 9 8 10M8 12.4V12.8",
  critical: "M4 4 12 12M12 4 4 12"
}

/** A sign; the words stand beside it. */
export const VerdictIcon = ({ verdict }: { readonly verdict: Sign }) => (
  <svg class={`icon ${verdict}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    <path d={shapes[verdict]} />
  </svg>
)
