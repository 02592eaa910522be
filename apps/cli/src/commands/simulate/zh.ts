import { exampleId } from "../../values/exampleId.ts"
import type { en } from "./en.ts"

/** `cbr simulate` 的中文文本。 */
export const zh: typeof en = {
  short: "运行模拟云，离线试用",
  long: "在本机运行 CBR 和 IAM，并将其设置交给一个命令，或打印出来。",
  examples: [
    { command: "cbr simulate -- bash", description: "在此 shell 中可离线试用各示例" },
    { command: `cbr simulate -- cbr show ${exampleId}`, description: "单个命令" },
    {
      command: "cbr simulate --fleet 12 -- cbr check --all --max-age 26h --healthy",
      description: "十二台服务器 ecs-fleet-0001 至 ecs-fleet-0012，其中几台缺少完好的备份"
    }
  ],
  args: {
    simulate: "写在 -- 之后、以模拟云的设置运行的命令；不给则打印这些设置"
  },
  flags: {
    port: "模拟 CBR 在 127.0.0.1 上的端口；默认任选空闲端口",
    fleet: "服务器的数量，名称从 ecs-fleet-0001 起，最近 30 夜每夜各有一个备份；前五台各有不同"
  },
  ready: "cbr: 模拟云正在运行；按 Ctrl-C 结束。其中的备份：",
  cannotListen: "无法监听",
  reasons: { EADDRINUSE: "已有其他程序在监听", EACCES: "该用户无权在此监听" },
  otherPort: "请换一个 --port；不给则任选空闲端口",
  cannotRun: "无法运行",
  checkCommand: "请检查 -- 之后的命令"
}
