// The processor time to redact 1 MiB, as a multiple of that for 256 KiB. 4 means that the cost grows with the
// length, 16 with its square.
import { redactServiceText } from "@cbr/client"

const rounds = 15
const timeOf = (length: number) => {
  const text = "a-".repeat(length / 2)
  const start = process.cpuUsage()
  redactServiceText(text)
  const { system, user } = process.cpuUsage(start)
  return user + system
}

const ratios: Array<number> = []
for (let round = 0; round < rounds; round++) {
  const short = timeOf(256 * 1024)
  ratios.push(timeOf(1024 * 1024) / short)
}
console.log(ratios.toSorted((a, b) => a - b)[rounds >> 1])
