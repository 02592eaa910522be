// All backups of a list by undici and `JSON.parse` alone, a page after the other. Prints how many there are, and how many
// milliseconds of a processor they took.
import { Client } from "undici"

const [, , origin, project] = process.argv
const client = new Client(origin)
const page = async (offset) => {
  const answer = await client.request({
    method: "GET",
    path: `/v3/${project}/backups?limit=1000&offset=${offset}&sort=created_at%3Adesc`,
    headers: { "x-auth-token": "t" }
  })
  return JSON.parse(await answer.body.text())
}
// What is loaded for the first call is not what is measured.
await page(0)
const before = process.cpuUsage()
let count = 0
for (let offset = 0; ; offset += 1000) {
  const { backups } = await page(offset)
  count += backups.length
  if (backups.length < 1000) break
}
const { system, user } = process.cpuUsage(before)
console.log(count, (system + user) / 1000)
await client.close()
