// Many backups by undici alone, so many at once and so many in each second; each is parsed. Prints how many are available, and
// how many milliseconds it took.
import { setTimeout as sleep } from "node:timers/promises"
import { Pool } from "undici"

const [, , origin, project, id, count, atOnce, aSecond = "Infinity"] = process.argv
const pool = new Pool(origin, { connections: Number(atOnce) })
const started = performance.now()
let left = Number(count)
let available = 0
const one = async () => {
  while (left-- > 0) {
    const due = started + Math.floor((Number(count) - left - 1) / Number(aSecond)) * 1000
    if (due > performance.now()) await sleep(due - performance.now())
    const answer = await pool.request({
      method: "GET",
      path: `/v3/${project}/backups/${id}`,
      headers: { "x-auth-token": "t" }
    })
    const { backup } = JSON.parse(await answer.body.text())
    if (backup.status === "available") available++
  }
}
await Promise.all(Array.from({ length: Number(atOnce) }, one))
console.log(available, performance.now() - started)
await pool.close()
