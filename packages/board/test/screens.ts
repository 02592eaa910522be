import { join } from "node:path"
import { buildBoard } from "../build.ts"
import { startBoard } from "./BoardServer.ts"
import { openBoard, startBrowser } from "./Browser.ts"

// Takes the pictures of the page that README shows.

const folder = join(import.meta.dirname, "../../../docs/screens")

await buildBoard()
const server = await startBoard({ fleet: 12, expected: ["ecs-fleet-0001"] })
const browser = await startBrowser()

const picture = async (
  name: string,
  path: string,
  sign: string,
  options: { theme: "light" | "dark"; height: number }
) => {
  const { context, page } = await openBoard(browser, server, `#/${server.project_id}${path}`, server.key, {
    ...options,
    width: 1100
  })
  await page.locator(sign).first().waitFor()
  await page.waitForTimeout(300)
  await page.screenshot({ path: join(folder, `${name}.png`) })
  await context.close()
}

await picture("board-fleet", "?words=ecs-fleet", ".rows .row", { theme: "light", height: 620 })
await picture("board-backup", `/backup/${server.backups["tree"]!}`, ".fields", { theme: "dark", height: 760 })
await browser.close()
await server.close()
