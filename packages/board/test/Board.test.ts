import { documentedFields } from "@cbr/domain"
import type { Browser } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { needs } from "../../../debian.ts"
import { type BoardServer, startBoard } from "./BoardServer.ts"
import { openBoard, signIn, startBrowser, type Tab, type TabOptions } from "./Browser.ts"

let server: BoardServer
let browser: Browser

const requirement = needs("chromium")

beforeAll(async () => {
  if ("skip" in requirement) return
  server = await startBoard({ fleet: 30 })
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

const fleet = () => `#/${server.project_id}`
const backup = (name: string) => `#/${server.project_id}/backup/${server.backups[name]!}`
const resource = (number: number) =>
  `#/${server.project_id}/resource/f1ee0000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`

/** Runs what is to be seen in a tab of its own, in which the browser has nothing to complain of. */
const within = async (
  hash: string,
  look: (tab: Tab) => Promise<void>,
  {
    server: own = server,
    key = own.key,
    ...options
  }: TabOptions & { readonly key?: string | undefined; readonly server?: BoardServer } = {}
) => {
  const tab = await openBoard(browser, own, hash, key, options)
  try {
    await look(tab)
    assert.deepStrictEqual(tab.complaints, [])
  } finally {
    await tab.context.close()
  }
}

/** A body with other fields in its backup. */
const changedBody = (id: string, fields: object) => {
  const { backup } = JSON.parse(server.bodyOf(id)) as { readonly backup: object }
  return JSON.stringify({ backup: { ...backup, ...fields } })
}

describe("signing in", requirement, () => {
  it("a wrong key is said to be wrong, and the right one shows the fleet", async () => {
    const tab = await openBoard(browser, server, fleet(), undefined)
    const { page } = tab
    await page.fill("#credential", "cbrk_000000000000_wrong")
    await page.click("button[type=submit]")
    await page.getByRole("alert").filter({ hasText: "does not know this key" }).waitFor()
    assert.strictEqual(await page.locator("#credential").getAttribute("aria-invalid"), "true")
    await signIn(page, server.key)
    await page.getByRole("heading", { level: 1 }).filter({ hasText: "have no good backup" }).waitFor()
    await tab.context.close()
  })

  it("the key stays in the tab's memory: no URL, cookie or storage has it, and a reload asks again", () =>
    within(fleet(), async ({ context, page }) => {
      await page.locator(".rows .row").first().waitFor()
      const kept = await page.evaluate(async () => ({
        url: location.href,
        history: JSON.stringify(history.state),
        cookie: document.cookie,
        local: JSON.stringify(localStorage),
        session: JSON.stringify(sessionStorage),
        name: window.name,
        databases: (await indexedDB.databases()).length,
        caches: (await caches.keys()).length,
        markup: document.documentElement.outerHTML
      }))
      assert.notInclude(JSON.stringify(kept), server.key)
      assert.deepStrictEqual(
        [kept.cookie, kept.local, kept.session, kept.name, kept.databases, kept.caches],
        ["", "{}", "{}", "", 0, 0]
      )
      assert.deepStrictEqual(await context.cookies(), [])
      assert.isFalse(server.requests.some(({ target }) => target.includes("cbrk_")))
      await page.reload()
      await page.locator("#credential").waitFor()
    }))

  it("what a caller may not see does not exist: its link says no more than that", () =>
    within(
      backup("tree"),
      async ({ page }) => {
        await page.getByText("There is no such project, or your key may not see it.").waitFor()
        assert.notInclude(await page.content(), "ecs-orders")
      },
      { key: server.strangersKey }
    ))
})

describe("a gateway that names no project", requirement, () => {
  it("shows the one that the reader types", () =>
    within(
      "",
      async ({ page }) => {
        await page.getByRole("textbox", { name: "Project" }).fill(server.project_id)
        await page.getByRole("button", { name: "Show" }).click()
        await page.locator(".rows .row").first().waitFor()
      },
      { key: server.unnamedKey }
    ))
})

describe("the fleet", requirement, () => {
  it("says how many have no good backup, and has the worst first", () =>
    within(fleet(), async ({ page }) => {
      await page.locator(".rows .row").first().waitFor()
      const verdicts = await page
        .locator(".rows .row")
        .evaluateAll((rows) =>
          rows.map((row) =>
            ["critical", "unknown", "warning", "ok"].findIndex((verdict) => row.classList.contains(verdict))
          )
        )
      assert.deepStrictEqual(
        verdicts,
        [...verdicts].sort((one, other) => one - other)
      )
      assert.include(verdicts, 0)
      assert.include(verdicts, 3)
      const bad = verdicts.filter((verdict) => verdict === 0).length
      assert.match(
        (await page.locator("h1").textContent()) ?? "",
        new RegExp(`^${bad} of \\d+ have no good backup of the last 26 hours$`)
      )
      const missing = page.getByRole("row").filter({ hasText: "ecs-fleet-0001" })
      assert.include(await missing.textContent(), "It must have a backup and has none")
    }))

  it("filters by words, verdict, vault and type, and the link has the filter", () =>
    within(fleet(), async ({ page }) => {
      const names = () => page.locator(".rows .row .name a").allTextContents()
      await page.getByRole("searchbox").fill("ECS FLEET-000")
      await page.getByText(/^9 of \d+ resources$/).waitFor()
      assert.isTrue((await names()).every((name) => name.startsWith("ecs-fleet-000")))
      await page.getByRole("combobox", { name: "Verdict" }).selectOption("warning")
      assert.deepStrictEqual(await names(), ["ecs-fleet-0004"])
      assert.match(page.url(), /words=ECS\+FLEET-000&verdict=warning$/)
      await page.evaluate((hash) => (location.hash = hash), `${fleet()}?type=OS%3A%3ASfs%3A%3ATurbo`)
      await page.getByText(/^1 of \d+ resources$/).waitFor()
      await page.getByRole("button", { name: "Clear the filter" }).click()
      await page.getByRole("combobox", { name: "Vault" }).selectOption({ index: 1 })
      await page.getByText(/^\d+ of \d+ resources$/).waitFor()
    }))

  it("what is a good backup depends on the age that the reader asks for", () =>
    within(fleet(), async ({ page }) => {
      const late = page.getByRole("row").filter({ hasText: "ecs-fleet-0003" })
      await late.filter({ hasText: "No good backup" }).waitFor()
      await page.getByRole("combobox", { name: "A good backup of the last" }).selectOption("168")
      await late.filter({ hasText: "Good" }).waitFor()
      assert.include(page.url(), "hours=168")
    }))

  it("is walked through by keyboard, from row to row and into one", () =>
    within(fleet(), async ({ page }) => {
      await page.locator(".rows .row a").first().focus()
      const focused = () => page.evaluate(() => document.activeElement?.closest("[data-row]")?.getAttribute("data-row"))
      await page.keyboard.press("ArrowDown")
      await page.keyboard.press("ArrowDown")
      assert.strictEqual(await focused(), "2")
      await page.keyboard.press("End")
      const last = Number(await focused())
      assert.strictEqual(last, (await page.getByRole("table").getAttribute("aria-rowcount").then(Number)) - 2)
      await page.keyboard.press("Home")
      assert.strictEqual(await focused(), "0")
      assert.strictEqual(await page.locator(".rows a[tabindex='0']").count(), 1)
      await page.keyboard.press("ArrowDown")
      await page.keyboard.press("Enter")
      await page.getByRole("heading", { name: "Backups, newest first" }).waitFor()
    }))

  it("a print has every row", () =>
    within(
      fleet(),
      async ({ page }) => {
        await page.locator(".rows .row").first().waitFor()
        const shown = await page.locator(".rows .row").count()
        await page.emulateMedia({ media: "print" })
        await page.waitForFunction((before) => document.querySelectorAll(".rows .row").length > before, shown)
        const all = (await page.getByRole("table").getAttribute("aria-rowcount").then(Number)) - 1
        assert.strictEqual(await page.locator(".rows .row").count(), all)
        assert.isFalse(await page.locator(".top").isVisible())
      },
      // So low that two rows would do.
      { height: 500, width: 360 }
    ))

  it("a mark of a strip leads to its backup", () =>
    within(fleet(), async ({ page }) => {
      const strip = page.getByRole("row").filter({ hasText: "ecs-fleet-0006" }).locator(".marks")
      const { height, width } = (await strip.boundingBox())!
      await strip.click({ position: { x: width - 8, y: height / 2 } })
      await page.getByRole("heading", { name: /^autobk_/ }).waitFor()
      assert.match(page.url(), /\/backup\/[0-9a-f]{8}-f1ee-4000-8000-000000000006$/)
    }))
})

describe("a resource", requirement, () => {
  it("lists its backups, and compares the two that are chosen", async () => {
    const now = new Date("2026-06-01T12:00:00Z")
    const own = await startBoard({ fleet: 6, now })
    const look = async ({ page }: Tab) => {
      await page.getByRole("heading", { name: "ecs-fleet-0004" }).waitFor()
      assert.strictEqual(await page.locator(".backups tbody tr").count(), 30)
      await page.getByRole("checkbox").nth(3).check()
      await page.getByRole("button", { name: "Compare the two chosen" }).click()
      await page.getByRole("heading", { name: "What changed between two backups" }).waitFor()
      await page.getByRole("rowheader", { name: "created_at", exact: true }).waitFor()
      const changes = await page.locator(".diff tbody tr").count()
      assert.strictEqual(await page.locator("[role=status]").first().textContent(), `${changes} differences`)
    }
    await within(resource(4), look, { now, server: own })
    await own.close()
  })

  it("has backups that are not copied only in a project where others are", async () => {
    const own = await startBoard({ fleet: 0, expected: [] })
    const put = (resource_id: string, id: string, fields: object) =>
      own.change(
        JSON.stringify({
          backup: { id, resource_id, status: "available", created_at: new Date(Date.now() - 3_600_000), ...fields }
        })
      )
    const copied = "c0000000-0000-4000-8000-000000000001"
    put("copied", copied, { replication_records: [{ destination_region: "cn-south-1", status: "success" }] })
    put("plain", "c0000000-0000-4000-8000-000000000002", {})
    const tab = await openBoard(browser, own, `#/${own.project_id}/resource/plain`, own.key)
    const { page } = tab
    await page.getByRole("cell", { name: "not copied" }).first().waitFor()
    for (const id of [copied, ...Object.values(own.backups)]) {
      if (/"replication_records": ?\[\s*\{/.test(own.bodyOf(id))) own.remove(id)
    }
    await page.getByRole("columnheader", { name: "Other region" }).waitFor({ state: "detached" })
    assert.strictEqual(await page.getByText("not copied").count(), 0)
    const line = await page.locator(".line pre").textContent()
    assert.include(line ?? "", "cbr check --resource plain --max-age 26h --healthy --project-id")
    assert.strictEqual(await page.locator(".backups tbody tr").count(), 1)
    await tab.context.close()
    await own.close()
  })
})

describe("one backup", requirement, () => {
  it("shows its verdict, disks, life cycle and restore options in words", () =>
    within(backup("tree"), async ({ page }) => {
      await page.getByText("failed: 1 of 3 disks is in error (ecs-orders-0001-volume-0002)").waitFor()
      assert.strictEqual(await page.locator(".parts .part").count(), 3)
      assert.include(await page.locator(".life [aria-current=step]").textContent(), "available")
      const options = await page.locator(".options li").allTextContents()
      assert.deepStrictEqual(
        options.map((text) => text.includes("Not possible")),
        [true, false, false]
      )
      assert.include(options[0], "children[2].status is error, and would have to be available")
    }))

  it("shows how far its copies have come", () =>
    within(backup("replicating"), async ({ page }) => {
      const progress = page.getByRole("progressbar", { name: "Progress: ap-southeast-1" })
      await progress.waitFor()
      assert.strictEqual(await progress.getAttribute("value"), "62")
    }))

  it.each(["en", "zh"] as const)("explains each field with the domain's own words (%s)", (language) =>
    within(
      backup("tree"),
      async ({ page }) => {
        const field = page.locator("details.field").filter({ hasText: /^resource_type/ })
        await field.locator("summary").click()
        const said = await field.textContent()
        const { meaning, values } = documentedFields().find(({ path }) => path === "resource_type")!
        assert.include(said, meaning[language])
        for (const each of Object.values(values ?? {})) assert.include(said, each[language])
      },
      { language }
    )
  )

  it("has the service's answer byte for byte, and lines for a terminal that name no key", () =>
    within(backup("undocumented_fields"), async ({ page }) => {
      await page.getByText("JSON", { exact: true }).click()
      const raw = await page.locator(".json pre").textContent()
      assert.strictEqual(raw, server.bodyOf(server.backups["undocumented_fields"]!))
      await page.getByRole("radio", { name: "Laid out for reading" }).check()
      const laidOut = (await page.locator(".json pre").textContent()) ?? ""
      assert.include(laidOut, '"resource_size": 9007199254740993')
      assert.include(laidOut, '"ratio": 1.50')
      const lines = (await page.locator(".line pre").allTextContents()).join("\n")
      assert.include(
        lines,
        `cbr show ${server.backups["undocumented_fields"]!} --project-id ${server.project_id} --endpoint ${server.origin}`
      )
      assert.include(lines, `curl -H "Authorization: Bearer $KEY" ${server.origin}/v3/${server.project_id}/backups/`)
      assert.notInclude(lines, server.key)
    }))

  it("says what departs from the API's page", () =>
    within(backup("undocumented_fields"), async ({ page }) => {
      await page.getByText(/storage_class: the page has no such field; what came is string "cold"/).waitFor()
    }))

  it.each(["hostile_text", "nulls", "wrong_types", "minimal", "unknown_status"])(
    "%s is shown, and stays inert",
    (name) =>
      within(backup(name), async ({ page }) => {
        await page.getByRole("heading", { name: "Every field" }).waitFor()
        assert.strictEqual(await page.locator("script").count(), 1)
        assert.notMatch((await page.locator("h1").textContent()) ?? "", /[\p{Cc}\p{Cf}]/u)
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        assert.isAtMost(overflow, 0)
      })
  )

  it("says if it does not exist", () =>
    within(`#/${server.project_id}/backup/00000000-0000-4000-8000-000000000000`, async ({ complaints, page }) => {
      await page.getByText("There is no such thing here, or your key may not see it.").waitFor()
      // The browser notes each 404 by itself.
      ;(complaints as Array<string>).length = 0
    }))
})

describe("live", requirement, () => {
  it("a change of a backup is shown within its row and highlighted, and a deletion too", () =>
    within(fleet(), async ({ page }) => {
      const row = page.getByRole("row").filter({ hasText: "ecs-fleet-0005" })
      await row.filter({ hasText: "a newer one is being made" }).waitFor()
      const id = await newestOf(5)
      const now = new Date().toISOString().replace("Z", "000")
      const before = server.bodyOf(id)
      server.change(changedBody(id, { status: "error", protected_at: null, updated_at: now }))
      await row.filter({ hasText: "a newer one failed" }).waitFor()
      assert.include(await row.getAttribute("class"), "changed")
      await page.getByText("ecs-fleet-0005 changed").waitFor({ state: "attached" })
      server.remove(id)
      await row.filter({ hasNotText: "a newer one" }).waitFor()
      server.change(before)
      await row.filter({ hasText: "a newer one is being made" }).waitFor()
    }))

  it("a lost connection is said, and healed: what happened meanwhile is shown", () =>
    within(fleet(), async ({ complaints, page }) => {
      await page.getByText("Live", { exact: true }).waitFor()
      const id = await newestOf(6)
      const before = server.bodyOf(id)
      server.setReachable(false)
      await page.getByText("Connection lost. Trying again…").waitFor()
      assert.isAbove(await page.locator(".rows .row").count(), 5)
      server.change(changedBody(id, { status: "error", protected_at: null }))
      server.setReachable(true)
      await page.getByText("Live", { exact: true }).waitFor()
      await page
        .getByRole("row")
        .filter({ hasText: "ecs-fleet-0006" })
        .filter({ hasText: "a newer one failed" })
        .waitFor()
      server.change(before)
      ;(complaints as Array<string>).length = 0
    }))

  it("a caller without the right to watch sees the fleet as it was, and is told so", async () => {
    server.setLive(false)
    try {
      await within(fleet(), async ({ complaints, page }) => {
        await page.getByText("Not live: shown as of when the page was opened").waitFor()
        await page.locator(".rows .row").first().waitFor()
        ;(complaints as Array<string>).length = 0
      })
    } finally {
      server.setLive(true)
    }
  })

  it("one backup changes in sight, and its end is said", () =>
    within(backup("protecting"), async ({ page }) => {
      const id = server.backups["protecting"]!
      const before = server.bodyOf(id)
      await page.locator(".life [aria-current=step]").filter({ hasText: "protecting" }).waitFor()
      server.change(changedBody(id, { status: "available" }))
      await page.locator(".life [aria-current=step]").filter({ hasText: "available" }).waitFor()
      server.remove(id)
      await page.getByText("This backup is gone: it was deleted.", { exact: false }).waitFor()
      server.change(before)
    }))

  it("says while the cloud does not answer the gateway, and takes a new stream for an old one without a word", () =>
    within(fleet(), async ({ page }) => {
      await page.getByText("Live", { exact: true }).waitFor()
      server.setTroubled(true)
      await page.getByText("The cloud does not answer the gateway").waitFor()
      server.setTroubled(false)
      await page.getByText("Live", { exact: true }).waitFor()
      await page.evaluate(() => {
        const said: Array<string> = []
        Object.assign(window, { said })
        const notice = document.querySelector(".stream")!
        new MutationObserver(() => said.push(notice.textContent)).observe(notice, {
          subtree: true,
          characterData: true,
          childList: true
        })
      })
      const before = server.requests.length
      server.rotate()
      while (!server.requests.slice(before).some(({ target }) => target.endsWith("/events")))
        await page.waitForTimeout(50)
      await page.waitForTimeout(100)
      const said = await page.evaluate(() => (window as unknown as { readonly said: ReadonlyArray<string> }).said)
      assert.notInclude(said.join(), "lost")
      assert.strictEqual(server.streams(), 1)
    }))

  it("a hidden tab rests its stream, and is live again when it is seen", () =>
    within(fleet(), async ({ page }) => {
      const setHidden = (isHidden: boolean) =>
        page.evaluate((isHidden) => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden })
          document.dispatchEvent(new Event("visibilitychange"))
        }, isHidden)
      await page.getByText("Live", { exact: true }).waitFor()
      await setHidden(true)
      while (server.streams() > 0) await page.waitForTimeout(20)
      await setHidden(false)
      while (server.streams() === 0) await page.waitForTimeout(20)
      // Hidden and seen within one moment: the old stream ends when the new one has begun.
      await setHidden(true)
      await setHidden(false)
      await page.waitForTimeout(300)
      await page.getByText("Live", { exact: true }).waitFor()
      assert.strictEqual(server.streams(), 1)
    }))

  it("a list that the gateway is still reading is said, and asked for again", async () => {
    server.setIncomplete(true)
    try {
      await within(fleet(), async ({ page }) => {
        await page.getByText("The list of backups could not be read whole").waitFor()
        server.setIncomplete(false)
        await page.getByText("The list of backups could not be read whole").waitFor({ state: "detached" })
      })
    } finally {
      server.setIncomplete(false)
    }
  })

  it("nothing is asked for while nothing happens: the browser does not poll", () =>
    within(fleet(), async ({ page }) => {
      await page.getByText("Live", { exact: true }).waitFor()
      await page.locator(".rows .row").first().waitFor()
      const before = server.requests.length
      await page.waitForTimeout(1500)
      assert.strictEqual(server.requests.length, before)
    }))

  it("leaving a view ends its stream", () =>
    within(fleet(), async ({ page }) => {
      await page.getByText("Live", { exact: true }).waitFor()
      assert.strictEqual(server.streams(), 1)
      await page.evaluate((hash) => (location.hash = hash), backup("tree"))
      await page.getByRole("heading", { name: "Every field" }).waitFor()
      await page.waitForTimeout(200)
      assert.strictEqual(server.streams(), 1)
      await page.getByRole("button", { name: "Sign out" }).click()
      await page.locator("#credential").waitFor()
      await page.waitForTimeout(200)
      assert.strictEqual(server.streams(), 0)
    }))
})

describe("tell me when", requirement, () => {
  it("the reader is told in the page and by a notification, once the backup is what was waited for", () =>
    within(backup("waiting_protect"), async ({ context, page }) => {
      await context.grantPermissions(["notifications"])
      await page.evaluate(() => {
        const shown: Array<string> = []
        Object.assign(window, { shown })
        const Original = Notification
        window.Notification = class extends Original {
          constructor(title: string, options?: NotificationOptions) {
            super(title, options)
            shown.push(`${title}: ${options?.body ?? ""}`)
          }
        }
      })
      const id = server.backups["waiting_protect"]!
      const before = server.bodyOf(id)
      await page.getByRole("button", { name: "Tell me" }).click()
      await page.getByText("You will be told when it is available").waitFor()
      server.change(changedBody(id, { status: "protecting" }))
      await page.locator(".life [aria-current=step]").filter({ hasText: "protecting" }).waitFor()
      assert.strictEqual(await page.locator(".notice.reached").count(), 0)
      server.change(changedBody(id, { status: "available" }))
      await page.locator(".notice.reached").filter({ hasText: "It is available" }).waitFor()
      const shown = await page.evaluate(() => (window as unknown as { readonly shown: ReadonlyArray<string> }).shown)
      assert.lengthOf(shown, 1)
      assert.match(shown[0]!, /: It is available$/)
      await page.getByRole("button", { name: "Dismiss" }).click()
      assert.strictEqual(await page.locator(".notice").count(), 0)
      server.change(before)
    }))

  it("a condition that can no longer come about is said too", () =>
    within(backup("protecting"), async ({ page }) => {
      const id = server.backups["protecting"]!
      const before = server.bodyOf(id)
      await page.getByRole("button", { name: "Tell me" }).click()
      await page.getByText("You will be told when it is available").waitFor()
      server.change(changedBody(id, { status: "error" }))
      await page.getByText("It will not come to this any more").waitFor()
      server.change(before)
    }))
})

/** Id of the newest backup of a server of the fleet, by its number. */
const newestOf = async (number: number): Promise<string> => {
  const response = await fetch(`${server.origin}/-/v1/projects/${server.project_id}/fleet`, {
    headers: { authorization: `Bearer ${server.key}` }
  })
  const { resources } = (await response.json()) as {
    readonly resources: ReadonlyArray<{
      readonly name?: string
      readonly strip: { readonly ids: ReadonlyArray<string> }
    }>
  }
  return resources.find(({ name }) => name === `ecs-fleet-${String(number).padStart(4, "0")}`)?.strip.ids[0] ?? ""
}
