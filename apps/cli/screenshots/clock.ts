// Loaded before each process of a screen: it is the hour after the simulated backups were made, and time stands still.
const RealDate = Date
const now = Date.parse("2026-01-02T05:00:00Z")

globalThis.Date = new Proxy(RealDate, {
  construct: (target, words) => Reflect.construct(target, words.length === 0 ? [now] : words),
  apply: () => new RealDate(now).toString(),
  get: (target, name) => (name === "now" ? () => now : Reflect.get(target, name))
})
