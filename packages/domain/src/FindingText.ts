import * as Duration from "effect/Duration"
import type { LocalizedText } from "./LocalizedText.ts"

/**
 * A language that the core's facts can be told in.
 * @category Verdicts
 * @since 0.1.0
 */
export type Language = keyof LocalizedText

/** The phrases of findings, in one language. */
export interface FindingText {
  readonly missing: string
  readonly healthy: string
  readonly atMost: (max: Duration.Duration | undefined, warn: Duration.Duration | undefined) => string
  readonly old: (age: Duration.Duration, field: string, at: string) => string
  readonly failed: string
  readonly inFuture: (at: string) => string
  readonly readAsUtc: (time: string) => string
  readonly moreThanFromNow: (span: Duration.Duration) => string
  readonly fromNow: (span: Duration.Duration, at: string) => string
  readonly success: (region: string, within: Duration.Duration | undefined) => string
  readonly noReplication: string
  readonly afterBackup: (status: string, span: Duration.Duration) => string
  readonly anyMode: string
  readonly atLeast: (count: number) => string
  readonly allAvailable: string
  readonly available: (count: number, all: number) => string
}

/** A duration in whole seconds, as in `1d 7h`. */
const span = (duration: Duration.Duration): string =>
  Duration.isFinite(duration) ? Duration.format(Duration.seconds(Math.trunc(Duration.toSeconds(duration)))) : "any time"

const en: FindingText = {
  missing: "missing",
  healthy: "healthy",
  atMost: (max, warn) =>
    max === undefined
      ? `at most ${span(warn ?? Duration.zero)}, else a warning`
      : `at most ${span(max)}${warn === undefined ? "" : `, a warning above ${span(warn)}`}`,
  old: (age, field, at) => `${span(age)} (${field} ${at})`,
  failed: "error, without protected_at: it failed, and holds nothing",
  inFuture: (at) => `in the future (${at})`,
  readAsUtc: (time) => `${time}, read as UTC`,
  moreThanFromNow: (least) => `more than ${span(least)} from now`,
  fromNow: (left, at) => `${span(left)} from now (${at})`,
  success: (region, within) => `success in ${region}${within === undefined ? "" : ` within ${span(within)}`}`,
  noReplication: "no replication there",
  afterBackup: (status, since) => `${status}, ${span(since)} after the backup`,
  anyMode: "backup or snapshot",
  atLeast: (count) => `at least ${count}`,
  allAvailable: "all available",
  available: (count, all) => `${count} of ${all} available`
}

const units: Readonly<Record<string, string>> = { d: "天", h: "小时", m: "分", s: "秒" }

/** `1 天 7 小时`. */
const zhSpan = (duration: Duration.Duration): string =>
  Duration.isFinite(duration)
    ? span(duration).replaceAll(/(\d+)([dhms])/g, (_, count, unit) => `${count} ${units[unit] ?? unit}`)
    : "任意时长"

const zh: FindingText = {
  missing: "缺失",
  healthy: "健康",
  atMost: (max, warn) =>
    max === undefined
      ? `不超过 ${zhSpan(warn ?? Duration.zero)}，否则告警`
      : `不超过 ${zhSpan(max)}${warn === undefined ? "" : `，超过 ${zhSpan(warn)}告警`}`,
  old: (age, field, at) => `${zhSpan(age)}（${field} ${at}）`,
  failed: "error，且没有 protected_at：备份失败，没有内容",
  inFuture: (at) => `在将来（${at}）`,
  readAsUtc: (time) => `${time}，按 UTC 读取`,
  moreThanFromNow: (least) => `距今超过 ${zhSpan(least)}`,
  fromNow: (left, at) => `距今 ${zhSpan(left)}（${at}）`,
  success: (region, within) => `${region} 为 success${within === undefined ? "" : `，限 ${zhSpan(within)}内`}`,
  noReplication: "没有到该区域的复制",
  afterBackup: (status, since) => `${status}，备份后已过 ${zhSpan(since)}`,
  anyMode: "backup 或 snapshot",
  atLeast: (count) => `至少 ${count} 个`,
  allAvailable: "全部 available",
  available: (count, all) => `${all} 个中有 ${count} 个 available`
}

/** The words of findings by language. */
export const findingText: Readonly<Record<Language, FindingText>> = { en, zh }
