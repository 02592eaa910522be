import type { FailureSentences } from "@cbr/client"
import { answers } from "./failures/answers.ts"
import { conditions } from "./failures/conditions.ts"
import { connections } from "./failures/connections.ts"
import { credentials } from "./failures/credentials.ts"
import { files } from "./failures/files.ts"
import { settings } from "./failures/settings.ts"

/** 客户端的各种失败，按代码，以中文说明；英文见客户端的 `errors` 目录。 */
export const failures: FailureSentences = {
  ...connections,
  ...answers,
  ...credentials,
  ...files,
  ...settings,
  ...conditions
}
