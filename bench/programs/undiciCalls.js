// The same by undici's request and JSON.parse.
import { Pool } from "undici"

const [, , origin, project, id, , count = "20000"] = process.argv
const pool = new Pool(origin, { connections: 32 })
const path = `/v3/${project}/backups/${id}`
const loop = async () => {
  let left = Number(count)
  const one = async () => {
    while (left-- > 0) {
      const answer = await pool.request({ method: "GET", path, headers: { "x-auth-token": "t" } })
      JSON.parse(await answer.body.text())
    }
  }
  await Promise.all(Array.from({ length: 32 }, one))
}
await loop()
const before = process.cpuUsage()
await loop()
const { system, user } = process.cpuUsage(before)
console.log("undici", (system + user) / Number(count))
process.exit(0)
