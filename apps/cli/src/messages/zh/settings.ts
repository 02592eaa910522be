import type { settings as english } from "../en/settings.ts"
import { joined, listed } from "./phrases.ts"
import { source } from "./sources.ts"

/** 设置、配置和时限的用语。 */
export const settings: typeof english = {
  foreignAddress: {
    why: (origin) => `${origin} 既不是已知区域的 CBR 地址，也不是已配置的终端节点`,
    next: (origin) => `若确信可以向其发送凭证，请加 --endpoint ${origin}；尚未发送任何请求`
  },
  otherRegion: {
    why: (region, place) => `它属于区域 ${region}，而没有设置表明 ${place} 的地址也属于该区域`,
    next: (region, place) =>
      `若该地址服务于该区域，请用 --endpoint 给出它，或将 CBR_REGION 设为 ${region}；否则请取消 ${place}；未发送任何请求`
  },
  setAside: (flag, places) => `已给出 ${flag}，因此${joined("不采用", listed(places.map(source)))}`,
  timeout: {
    why: (time, from, answered) =>
      `命令未能在 ${time} 内完成（${source(from)}）${answered === undefined ? "" : `；此前已得到 ${answered} 个备份的结果`}`,
    next: "请用 --timeout 延长时间，或用 --debug 查看耗时之处",
    waitLonger: "请再次等待，或用 --timeout 延长等待时间",
    noTime: (key, text) => `其中的 ${key} 为 ${text}，不是 1ms 到 24h 之间的时间`,
    giveTime: "请用 `cbr configure` 重新保存，如 --timeout 10m"
  },
  trace: {
    title: "无法写入跟踪文件",
    checkFile: "请给出可写的文件，或不给 --trace-file"
  },
  missing: {
    settings: "缺少设置",
    credentials: "以下各处均没有凭证：",
    project: (variables) => `没有项目 ID：已查找 --project-id、${variables.join("、")}`,
    giveProject: "请给出 --project-id",
    giveProfile: "请用 --profile 选择配置，或查看 `cbr profiles`",
    region: "请更正区域的设置：--region、CBR_REGION 或配置，`cbr whoami` 可显示其来源；尚未发送任何请求",
    giveEndpoint: "请给出 --region 或 --endpoint",
    correct: "请更正该设置，可用 `cbr whoami` 查看其来处；尚未发送任何请求",
    begin:
      "用 `cbr configure` 保存密钥和区域，用 `cbr doctor` 查看还缺什么，或用 `cbr simulate` 在没有账号的情况下试用；尚未发送任何请求"
  },
  proving: (place) => (place === undefined ? "凭证" : `${place} 的凭证`),
  profiles: {
    unusable: "无法使用配置",
    noHome: "该用户没有主目录",
    noFolder: "无法在此创建目录",
    giveFolder: "请将 HOME 或 XDG_CONFIG_HOME 设为可写的目录",
    unreadable: "无法读取配置",
    mendFile: "请修正该文件，或将其移走后运行 `cbr configure`",
    unwritable: "无法保存配置",
    locked: "另一个 cbr 正在修改配置，迟迟没有结束",
    removeLock: (file) => `请重新运行；若没有其他 cbr 在运行，请先删除 ${file}`
  }
}
