import { ErrorTable } from "@cbr/client"
import type { Bilingual } from "@cbr/domain"

/** One exit code of the contract. */
export interface ExitCode {
  readonly code: string
  readonly meaning: Bilingual
  /** Whether the same command may succeed later: `item` says it of each item of a batch. */
  readonly retry: "no" | "later" | "item" | "none"
}

const own: ReadonlyArray<ExitCode> = [
  {
    code: "0",
    meaning: { en: "done; condition met; the reader closed the pipe", zh: "完成；条件满足；读取方关闭了管道" },
    retry: "none"
  },
  {
    code: "1",
    meaning: {
      en: "a fault in cbr itself, or its output cannot be written",
      zh: "cbr 自身故障，或其输出无法写入"
    },
    retry: "no"
  },
  {
    code: "9",
    meaning: { en: "diff or drift --exit-code found a difference", zh: "diff 或 drift --exit-code 发现差异" },
    retry: "no"
  },
  { code: "12", meaning: { en: "some of many failed", zh: "多个备份中有一部分失败" }, retry: "item" },
  { code: "130", meaning: { en: "interrupted", zh: "被中断（Ctrl-C）" }, retry: "none" },
  { code: "143", meaning: { en: "terminated", zh: "被终止（SIGTERM）" }, retry: "none" }
]

/** Every exit code, in order: the core's table says what each kind of error ends with. */
export const exitCodes: ReadonlyArray<ExitCode> = [
  ...own,
  ...Object.values(ErrorTable).map(({ exitCode, retryable, title }): ExitCode => ({
    code: String(exitCode),
    meaning: title,
    retry: retryable ? "later" : "no"
  }))
].sort((a, b) => Number(a.code) - Number(b.code))
