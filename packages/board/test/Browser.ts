import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core"
import type { BoardServer } from "./BoardServer.ts"

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] })

/** A page of the board, and what the browser complained of: a breach of the policy is among it. */
export interface Tab {
  readonly page: Page
  readonly context: BrowserContext
  readonly complaints: ReadonlyArray<string>
}

export interface TabOptions {
  readonly language?: "en" | "zh"
  /** The time of the page; the machine's unless given. */
  readonly now?: Date
  readonly theme?: "light" | "dark"
  readonly width?: number
  readonly height?: number
}

/** Opens the board at a view, and signs in unless no key is given. */
export const openBoard = async (
  browser: Browser,
  server: BoardServer,
  hash: string,
  key: string | undefined,
  { height = 800, language = "en", now, theme = "light", width = 1280 }: TabOptions = {}
): Promise<Tab> => {
  const context = await browser.newContext({
    locale: language === "zh" ? "zh-CN" : "en-GB",
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: "reduce"
  })
  const page = await context.newPage()
  if (now !== undefined) await page.clock.setFixedTime(now)
  const complaints: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
  })
  page.on("pageerror", (error) => complaints.push(error.message))
  await page.goto(`${server.origin}/-/board${hash}`)
  if (key !== undefined) await signIn(page, key)
  return { page, context, complaints }
}

export const signIn = async (page: Page, key: string): Promise<void> => {
  await page.locator("#credential").fill(key)
  await page.locator("#credential").press("Enter")
  await page.locator("#credential").waitFor({ state: "detached" })
}
