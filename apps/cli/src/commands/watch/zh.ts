import { exitCodes } from "../../exit/ExitCodes.ts"
import { exampleId } from "../../values/exampleId.ts"
import type { en } from "./en.ts"

/** `cbr watch` 的中文文本。 */
export const zh: typeof en = {
  short: "观察备份的变化",
  long: `观察备份：在终端为实时视图，在管道中每次变化输出一行 JSON。多个备份中有不存在或失败的，其余继续观察（最后退出码为 ${exitCodes.SomeFailed}）。使用 --resource 时，观察服务器或磁盘的最新备份及其复制；出现更新的备份后，转而观察它：由代理的事件得知，否则每隔 --interval 或更久查看一次列表。`,
  examples: [
    { command: `cbr watch ${exampleId}`, description: "直到 Ctrl-C" },
    { command: "cbr watch --resource ecs-orders-0001", description: "服务器的最新备份，夜复一夜" },
    { command: `cbr watch ${exampleId} --until-stable -o table >> changes.log`, description: "每次变化一行" }
  ],
  flags: {
    untilStable: `备份没有任何进行中的操作时结束；备份已不存在则失败（退出码 ${exitCodes.ConditionImpossible}）`
  }
}
