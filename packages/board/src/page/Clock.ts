import { signal } from "@preact/signals"

/** By how many seconds the gateway's clock is ahead of this machine's. */
let ahead = 0

const gatewaysNow = () => Math.floor(Date.now() / 1000) + ahead

/** Seconds since 1970 by the gateway's clock, renewed each minute: ages pass while nothing else happens. */
export const now = signal(gatewaysNow())

const tick = (): void => {
  now.value = gatewaysNow()
}

setInterval(tick, 60_000)

/** Sets the page's clock by the gateway's, as an answer's `Date` tells it. */
export const setClock = (date: string | null): void => {
  const told = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(told)) return
  const difference = Math.round((told - Date.now()) / 1000)
  // Within two seconds it is the time that the answer took.
  ahead = Math.abs(difference) <= 2 ? 0 : difference
  tick()
}
