// Measures what a process allocates, from the first SIGUSR2 on.
// At the second it writes the bytes in V8's heap to the file of CBR_BENCH_ALLOCATIONS. Between two collections the heap
// grows by what is allocated.
const { writeFileSync } = require("node:fs")
const { GCProfiler } = require("node:v8")

const profiler = new GCProfiler()
let start
process.on("SIGUSR2", () => {
  if (start === undefined) {
    profiler.start()
    start = process.memoryUsage().heapUsed
    return
  }
  const end = process.memoryUsage().heapUsed
  let bytes = 0
  let last = start
  for (const { afterGC, beforeGC } of profiler.stop().statistics) {
    bytes += beforeGC.heapStatistics.usedHeapSize - last
    last = afterGC.heapStatistics.usedHeapSize
  }
  writeFileSync(process.env.CBR_BENCH_ALLOCATIONS, String(bytes + end - last))
})
