// Loaded ahead of a program: tells the most memory that its process held, in bytes, on a channel of its own. Not `maxRSS`,
// which a process inherits from the one that started it.
const { readFileSync, writeSync } = require("node:fs")
process.on("exit", () => {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))
  writeSync(3, String(kilobytes * 1024))
})
