import type { ChildProcess } from "node:child_process"
import { once } from "node:events"

/** The first line that a process prints. */
export const firstLine = async ({ stdout }: ChildProcess): Promise<string> => {
  let text = ""
  stdout!.setEncoding("utf8")
  while (!text.includes("\n")) text += String((await once(stdout!, "data"))[0])
  return text
}
