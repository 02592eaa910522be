import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { AxeResults } from "axe-core"
import type { Browser, Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { needs } from "../../../debian.ts"
import { type BoardServer, startBoard } from "./BoardServer.ts"
import { openBoard, startBrowser } from "./Browser.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

const requirement = needs("chromium")

let server: BoardServer
let browser: Browser

beforeAll(async () => {
  if ("skip" in requirement) return
  server = await startBoard({ fleet: 12 })
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

/** The faults that axe-core finds, best practices included, with their elements. */
const faultsOf = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() =>
    (
      window as unknown as { readonly axe: { readonly run: (of: Document, options: object) => Promise<AxeResults> } }
    ).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    })
  )
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`).join(" | ")}`
  )
}

const backup = (name: string) => `backup/${server.backups[name]!}`

/** Each view, and what is to be there before it is looked at. */
const views = [
  ["fleet", () => "", ".rows .row"],
  ["resource", () => "resource/f1ee0000-0000-4000-8000-000000000004", ".backups"],
  ["backup with disks", () => backup("tree"), ".fields"],
  ["backup with copies", () => backup("replicated"), ".fields"],
  ["backup with copies on their way", () => backup("replicating"), ".fields"],
  ["hostile backup", () => backup("hostile_text"), ".fields"],
  ["difference", () => `diff/${server.backups["tree"]!}/${server.backups["replicated"]!}`, ".diff table"]
] as const

describe.each([
  ["en", "light"],
  ["en", "dark"],
  ["zh", "light"],
  ["zh", "dark"]
] as const)("in %s and %s, axe-core finds nothing", (language, theme) => {
  const look = async (width: number) => {
    const found: Array<string> = []
    const tab = await openBoard(browser, server, "", undefined, { language, theme, width })
    const { page } = tab
    const note = async (view: string) => {
      for (const fault of await faultsOf(page)) found.push(`${view}: ${fault}`)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (overflow > 0) found.push(`${view}: ${overflow} px wider than the page`)
    }
    await page.locator("button[type=submit]").click()
    await note("sign in")
    await page.locator("#credential").fill(server.key)
    await page.locator("#credential").press("Enter")
    await page.locator(".rows .row").first().waitFor()
    for (const [name, path, sign] of views) {
      await page.evaluate((hash) => (location.hash = hash), `#/${server.project_id}/${path()}`.replace(/\/$/, ""))
      await page.locator(sign).first().waitFor()
      // Folded parts must be without fault too.
      await page.evaluate(() => {
        for (const details of document.querySelectorAll("details")) details.open = true
      })
      await page.waitForTimeout(50)
      await note(name)
    }
    await tab.context.close()
    assert.deepStrictEqual(found, [])
  }

  // In the words of one language and the colours of one theme there is what there is in the others.
  const widths =
    language === "en" && theme === "light" ? [1280, 360] : language === "zh" && theme === "dark" ? [800] : [1280]
  it.each(widths)("in a window of %i pixels", requirement, look)
})
