import type { Language } from "./FindingText.ts"

/** The phrases of a resource's assessment, in one language. */
interface ResourceAssessmentText {
  readonly aWholeBackup: string
  readonly noBackup: string
  /** @param state the judgement of the newest backup */
  readonly noneIsWhole: (state: string) => string
  /** @param finding the action under way on the newest whole backup @param id the backup that answers meanwhile */
  readonly meanwhile: (finding: string, id: string) => string
  readonly newer: (id: string, state: string) => string
}

/** The words of resources by language. */
export const resourceAssessmentText: Readonly<Record<Language, ResourceAssessmentText>> = {
  en: {
    aWholeBackup: "a whole backup",
    noBackup: "it has no backup",
    noneIsWhole: (state) => `it has no whole backup; the newest is ${state}`,
    meanwhile: (finding, id) => `${finding}; meanwhile ${id}, made before it, keeps the rule`,
    newer: (id, state) => `newer ${id}: ${state}`
  },
  zh: {
    aWholeBackup: "有完整备份",
    noBackup: "没有任何备份",
    noneIsWhole: (state) => `没有完整备份；最新的备份：${state}`,
    meanwhile: (finding, id) => `${finding}；此前的备份 ${id} 暂时满足该规则`,
    newer: (id, state) => `更新的备份 ${id}：${state}`
  }
}
