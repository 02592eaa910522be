import { shellWord } from "../../text/shellWord.ts"
import type { input as english } from "../en/input.ts"
import { queryFault } from "./queryFaults.ts"

/** ID、已保存的应答和查询的用语。 */
export const input: typeof english = {
  wrongId: {
    title: "不是备份",
    why: "既不是备份 ID（UUID），也不是 区域/项目/ID 或请求地址",
    next: "请给出形如 6df2b54c-dd62-4059-a07c-1b8f24f2725d 的 ID；尚未发送任何请求",
    byName: (name) => `按名称取服务器或磁盘的最新备份：--resource ${shellWord(name)}；查看现有的 ID：cbr list`,
    byPart: (part) => `若这是 ID 的开头，可查找完整的 ID：cbr list -o value | grep -i ^${part}`,
    notJson: (start) => `以 JSON 开头（${start}……），但整体不是 JSON`,
    endless: (characters) => `其中有一行超过 ${characters} 个字符`,
    lines: "请每行给出一个 ID，或给出 JSON：字符串或含 id 或 backup_id 的对象，置于数组中或每行一个"
  },
  saved: {
    title: "无法使用已保存的响应",
    standardInput: "标准输入",
    unreadable: (reason) => `无法读取：${reason}`,
    reasons: { NotFound: "文件不存在", PermissionDenied: "没有权限", BadResource: "不是文件" },
    namesTitle: "无法使用服务器列表",
    checkNames: "请给出文本文件，每行一个服务器或磁盘的名称或 ID",
    checkFile: "请检查路径；`-` 表示标准输入",
    notText: "它既不是 UTF-8 文本，也不是 UTF-16 文本",
    tooLarge: (bytes) => `超过 ${bytes} 字节`,
    saveListAgain: "请重新保存：cbr list --replications -o ndjson > backups.ndjson",
    saveAgain: "请保存服务的完整响应，即 `cbr show ID -o json` 的输出",
    otherBackup: (found) => `其中是备份 ${found}`,
    askForThat: "请不要给出 ID，或给出文件中的那个"
  },
  query: {
    title: "无法使用查询表达式",
    faults: queryFault,
    missing: (name) => `响应中没有字段 ${name}`,
    noTest: (value) => `其结果为 ${value}，既非真也非假`,
    compare: "请比较某个字段，如 --for \"query=backup.status=='available'\"；shell 的引号应括住整个条件",
    next: "语法见 https://jmespath.org；例如：--query 'backup.children[].status'"
  },
  gauges: {
    none: "其指标只针对整个备份：其他内容以及 --query 的结果都没有指标",
    next: "请换一个 -o；或采集 `cbr show ID -o openmetrics` 的指标，并据此设置告警"
  }
}
