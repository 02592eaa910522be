import { ErrorTable } from "@cbr/client"
import type { LocalizedText, Verdict } from "@cbr/domain"

/** One way in which a command ends. */
interface Ending {
  readonly code: number
  readonly meaning: LocalizedText
  /** Whether the same command may succeed later: `item` says it of each item of a batch. */
  readonly retry: "no" | "later" | "item" | "none"
}

const own = {
  Done: {
    code: 0,
    meaning: { en: "done; condition met; the reader closed the pipe", zh: "完成；条件满足；读取方关闭了管道" },
    retry: "none"
  },
  OwnFault: {
    code: 1,
    meaning: {
      en: "a fault in cbr itself, or its output cannot be written",
      zh: "cbr 自身故障，或其输出无法写入"
    },
    retry: "no"
  },
  Different: {
    code: 9,
    meaning: { en: "diff or drift --exit-code found a difference", zh: "diff 或 drift --exit-code 发现差异" },
    retry: "no"
  },
  SomeFailed: {
    code: 12,
    meaning: {
      en: "some of many failed; a list of the latest may lack some",
      zh: "多个备份中有一部分失败；最新备份的列表可能缺少一部分"
    },
    retry: "item"
  },
  Interrupted: { code: 130, meaning: { en: "interrupted", zh: "被中断（Ctrl-C）" }, retry: "none" },
  Terminated: { code: 143, meaning: { en: "terminated", zh: "被终止（SIGTERM）" }, retry: "none" }
} as const satisfies Readonly<Record<string, Ending>>

const ofErrors = Object.entries(ErrorTable).map(([tag, { exitCode, retryable, title }]): [string, Ending] => [
  tag,
  { code: exitCode, meaning: title, retry: retryable ? "later" : "no" }
])

const endings: ReadonlyArray<readonly [name: string, Ending]> = [...Object.entries(own), ...ofErrors]

/**
 * The exit code of each way to end: this program's own, and those that the client's table has for the kinds of errors.
 */
export const exitCodes = Object.fromEntries(endings.map(([name, { code }]) => [name, code])) as Readonly<
  Record<keyof typeof own | keyof typeof ErrorTable, number>
>

/** The meanings of the exit codes, in order; one code may stand for several ways to end. */
export const exitCodeMeanings: ReadonlyArray<Ending> = endings
  .map(([, ending]) => ending)
  .sort((a, b) => a.code - b.code)

/**
 * The words and exit codes that monitoring systems read.
 *
 * @source Monitoring Plugins Development Guidelines, "Plugin Return Codes"
 */
export const monitoringStates: Readonly<Record<Verdict, { readonly word: string; readonly code: number }>> = {
  ok: { word: "OK", code: 0 },
  warning: { word: "WARNING", code: 1 },
  critical: { word: "CRITICAL", code: 2 },
  unknown: { word: "UNKNOWN", code: 3 }
}

/** The words of monitoring systems, each after its exit code. */
export const monitoringCodes: ReadonlyArray<string> = Object.values(monitoringStates).map(
  ({ code, word }) => `${code} ${word}`
)
