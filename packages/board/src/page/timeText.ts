import type { Language } from "@cbr/domain"

const minute = 60
const hour = 60 * minute
const day = 24 * hour

const units = {
  en: { day: "d", hour: "h", minute: "min", now: "just now" },
  zh: { day: " 天", hour: " 小时", minute: " 分钟", now: "刚刚" }
} as const

/** An age in its two largest units: `1 d 7 h`. */
export const ageText = (seconds: number, language: Language): string => {
  const unit = units[language]
  const gap = language === "en" ? " " : ""
  const amount = (count: number, name: "day" | "hour" | "minute") => `${count}${gap}${unit[name]}`
  if (seconds < minute) return unit.now
  if (seconds < hour) return amount(Math.floor(seconds / minute), "minute")
  const [large, small, ofLarge, ofSmall] =
    seconds < day ? (["hour", "minute", hour, minute] as const) : (["day", "hour", day, hour] as const)
  const rest = Math.floor((seconds % ofLarge) / ofSmall)
  const whole = amount(Math.floor(seconds / ofLarge), large)
  // From ten days on an hour more or less tells nothing.
  return rest === 0 || seconds >= 10 * day ? whole : `${whole} ${amount(rest, small)}`
}

/** A moment in UTC, as the service tells it, to the minute: `2026-01-02 03:04`. */
export const utcText = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")

/** A moment for the reader's own zone. */
export const localText = (seconds: number, language: Language): string =>
  new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" }).format(
    seconds * 1000
  )
