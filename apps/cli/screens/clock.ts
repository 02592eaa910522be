// Preloaded into each process of a screen: time begins where the simulated backups are young, and goes on from there.
const start = Date.parse("2026-01-02T05:00:00Z")
const RealDate = Date
const began = RealDate.now()
const now = () => start + RealDate.now() - began

globalThis.Date = new Proxy(RealDate, {
  construct: (target, words) => Reflect.construct(target, words.length === 0 ? [now()] : words),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name))
})
