import * as DateTime from "effect/DateTime"
import { BackupStatus } from "./BackupStatus.ts"
import type { Language } from "./FindingText.ts"
import type { Health } from "./Health.ts"
import type { HealthLevel } from "./HealthLevel.ts"
import type { HealthCode, HealthFacts, HealthReason, Parts } from "./HealthReason.ts"
import type { LocalizedText } from "./LocalizedText.ts"

/** The words of a judgement in one language: every level and every code has its own. */
interface HealthWords {
  readonly levels: Readonly<Record<HealthLevel, string>>
  readonly reasons: { readonly [C in HealthCode]: (facts: HealthFacts[C]) => string }
  /** After the level. */
  readonly after: string
  /** Between two reasons. */
  readonly between: string
  /** Between two names. */
  readonly comma: string
  readonly aside: (text: string) => string
}

const are = (count: number) => (count === 1 ? "is" : "are")

const some = ({ areDisks, parts, total }: Parts) =>
  `${parts.length} of ${total} ${areDisks ? (total === 1 ? "disk" : "disks") : total === 1 ? "child" : "children"}`

const toRegion = ({ region = "a region that is not named" }: { readonly region: string | undefined }) =>
  `replication to ${region}`

const date = DateTime.formatIsoDateUtc

const en: HealthWords = {
  levels: {
    healthy: "healthy",
    "in-progress": "in progress",
    degraded: "degraded",
    unknown: "unknown",
    failed: "failed"
  },
  after: ": ",
  between: "; ",
  comma: ", ",
  aside: (text) => ` (${text})`,
  reasons: {
    "status-error": () => "its status is error",
    "children-in-error": (facts) => `${some(facts)} ${are(facts.parts.length)} in error`,
    expired: ({ at }) => `it expired on ${date(at.utc)}`,
    "children-expired": (facts) => `${some(facts)} ${facts.parts.length === 1 ? "has" : "have"} expired`,
    "field-unreadable": ({ path }) => `${path} came in a form that cannot be read`,
    "status-missing": () => "its status is not said",
    "status-undocumented": ({ status }) => `the API's page does not list its status ${status}`,
    "children-status-missing": (facts) => `the status of ${some(facts)} is not said`,
    "children-status-undocumented": (facts) => `the API's page does not list the status of ${some(facts)}`,
    "replication-status-missing": (facts) => `the status of the ${toRegion(facts)} is not said`,
    "replication-status-undocumented": (facts) =>
      `the API's page does not list the status ${facts.status} of the ${toRegion(facts)}`,
    "replication-failed": (facts) => `${toRegion(facts)} failed`,
    "replication-skipped": (facts) => `${toRegion(facts)} was skipped`,
    "status-in-progress": ({ status }) => `it is ${BackupStatus.meanings[status].en}`,
    "children-in-progress": (facts) => `${some(facts)} ${are(facts.parts.length)} in progress`,
    "replication-in-progress": ({ isWaiting, progress, ...facts }) =>
      `${toRegion(facts)} ${isWaiting ? "waits to begin" : "is under way"}${progress === undefined ? "" : `, ${progress}%`}`,
    "restore-mode": ({ mode }) => {
      switch (mode) {
        case "na":
          return "new resources can be made from it, nothing can be restored in place"
        case "backup":
          return "it can be restored through the backups of the server's disks"
        case "snapshot":
          return "a whole-server image can be made from it"
        case undefined:
          return "it is available, and how it can be restored is not said"
        default:
          return `it is available, and the API's page does not list its restore mode ${mode}`
      }
    }
  }
}

const someInChinese = ({ areDisks, parts, total }: Parts) =>
  areDisks ? `${total} 块云硬盘中有 ${parts.length} 块` : `${total} 个子备份中有 ${parts.length} 个`

const toRegionInChinese = ({ region }: { readonly region: string | undefined }) =>
  region === undefined ? "到某个未说明区域的复制" : `到 ${region} 的复制`

const zh: HealthWords = {
  levels: { healthy: "健康", "in-progress": "进行中", degraded: "降级", unknown: "未知", failed: "失败" },
  after: "：",
  between: "；",
  comma: "、",
  aside: (text) => `（${text}）`,
  reasons: {
    "status-error": () => "状态为 error",
    "children-in-error": (facts) => `${someInChinese(facts)}异常`,
    expired: ({ at }) => `已于 ${date(at.utc)} 过期`,
    "children-expired": (facts) => `${someInChinese(facts)}已过期`,
    "field-unreadable": ({ path }) => `${path} 的形式无法读取`,
    "status-missing": () => "未说明状态",
    "status-undocumented": ({ status }) => `API 文档未列出其状态 ${status}`,
    "children-status-missing": (facts) => `${someInChinese(facts)}未说明状态`,
    "children-status-undocumented": (facts) => `${someInChinese(facts)}的状态未在 API 文档中列出`,
    "replication-status-missing": (facts) => `${toRegionInChinese(facts)}未说明状态`,
    "replication-status-undocumented": (facts) => `API 文档未列出${toRegionInChinese(facts)}的状态 ${facts.status}`,
    "replication-failed": (facts) => `${toRegionInChinese(facts)}失败`,
    "replication-skipped": (facts) => `${toRegionInChinese(facts)}被跳过`,
    "status-in-progress": ({ status }) => BackupStatus.meanings[status].zh,
    "children-in-progress": (facts) => `${someInChinese(facts)}进行中`,
    "replication-in-progress": ({ isWaiting, progress, ...facts }) =>
      `${toRegionInChinese(facts)}${isWaiting ? "等待开始" : "进行中"}${progress === undefined ? "" : `，${progress}%`}`,
    "restore-mode": ({ mode }) => {
      switch (mode) {
        case "na":
          return "可用于创建新资源，不能直接恢复"
        case "backup":
          return "可通过云服务器上硬盘的备份进行恢复"
        case "snapshot":
          return "可用于创建整机镜像"
        case undefined:
          return "可用，未说明恢复方式"
        default:
          return `可用，API 文档未列出其恢复方式 ${mode}`
      }
    }
  }
}

const words: Readonly<Record<Language, HealthWords>> = { en, zh }

/**
 * A level in one language: `in progress`.
 * @category Verdicts
 * @since 0.2.0
 */
export const levelText = (level: HealthLevel, language: Language): string => words[language].levels[level]

/**
 * A judgement in a line, with its facts: the names of parts, the service's reasons of a replication, the moment of an
 * expiry.
 *
 * @example
 * ```ts
 * healthText(health(backup, now), "en") // "failed: 1 of 3 disks is in error (ecs-orders-0001-volume-0002)"
 * ```
 * @category Verdicts
 * @since 0.2.0
 */
export const healthText = ({ level, reasons }: Health, language: Language): string => {
  const { after, between, levels } = words[language]
  return levels[level] + after + reasons.map((reason) => reasonText(reason, language)).join(between)
}

/** A reason in one language, with what it was found from and without the level. */
export const reasonText = (reason: HealthReason, language: Language): string => {
  const said = words[language].reasons[reason.code] as (facts: HealthReason) => string
  const details = detailsOf(reason, words[language])
  return said(reason) + (details === "" ? "" : words[language].aside(details))
}

/** Parts that are named; of more it says no more than that there are some. */
const mostNamed = 2

const detailsOf = (reason: HealthReason, { after, comma }: HealthWords): string => {
  if (reason.code === "expired") return reason.at.text
  if ("reasons" in reason) return reason.reasons.join(after)
  if (!("parts" in reason)) return ""
  const withStatus = reason.code === "children-in-progress" || reason.code === "children-status-undocumented"
  const names = reason.parts
    .slice(0, mostNamed)
    .map(({ name, status }) => (withStatus && status !== undefined && status !== "" ? `${name} ${status}` : name))
  return [...names, ...(reason.parts.length > mostNamed ? ["…"] : [])].join(comma)
}

/**
 * The meaning of each level, for its reader.
 * @category Verdicts
 * @since 0.2.0
 */
export const levelMeanings: Readonly<Record<HealthLevel, LocalizedText>> = {
  healthy: {
    en: "it is available, and the service reports no problem with it, a child or a replication",
    zh: "状态为 available，且服务未报告备份、子备份或复制有任何问题"
  },
  "in-progress": {
    en: "it, a child or a replication is being made, restored from or deleted",
    zh: "备份、子备份或复制正在创建、恢复、删除，或正在等待"
  },
  degraded: {
    en: "a replication to another region failed or was skipped",
    zh: "到其他区域的复制失败或被跳过"
  },
  unknown: {
    en: "the service gives no status, or one that the API's page does not list, or a field that decides cannot be read",
    zh: "服务未给出状态，或给出的状态未在 API 文档中列出，或某个关键字段无法读取"
  },
  failed: {
    en: "it or a child is in error, or its expiry has passed: it would not restore whole, or may go at any moment",
    zh: "备份或子备份异常，或已过期：无法完整恢复，或随时可能被删除"
  }
}
