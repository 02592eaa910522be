// Many backups by undici alone, so many at once; each is parsed.
import { Pool } from "undici"

const [, , origin, project, id, count, atOnce] = process.argv
const pool = new Pool(origin, { connections: Number(atOnce) })
let left = Number(count)
let available = 0
const one = async () => {
  while (left-- > 0) {
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
await pool.close()
console.log(available)
