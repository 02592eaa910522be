// Loaded ahead of a program.
// It reports on a channel of its own the process's peak of memory, in bytes, and its milliseconds of the processor.
const { readFileSync, writeSync } = require("node:fs")
process.on("exit", () => {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))
  const { system, user } = process.cpuUsage()
  writeSync(3, JSON.stringify({ memory: kilobytes * 1024, processor: (system + user) / 1000 }))
})
