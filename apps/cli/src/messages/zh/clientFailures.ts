import type { FailureSentences } from "@cbr/client"
import { answers } from "./clientFailures/answers.ts"
import { conditions } from "./clientFailures/conditions.ts"
import { connections } from "./clientFailures/connections.ts"
import { credentials } from "./clientFailures/credentials.ts"
import { files } from "./clientFailures/files.ts"
import { settings } from "./clientFailures/settings.ts"

/** 客户端的各种失败，按代码，以中文说明；英文见客户端的 `errors` 目录。 */
export const clientFailures: FailureSentences = {
  ...connections,
  ...answers,
  ...credentials,
  ...files,
  ...settings,
  ...conditions
}
