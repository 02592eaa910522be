import { buildBoard } from "@cbr/board/build"
import { type FleetDigest, fleetPath } from "@cbr/board/contract"
import { Simulator } from "@cbr/simulator"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, beforeAll, describe, layer } from "@effect/vitest"
import { Effect, Layer, Random, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { type Browser, chromium, type Page } from "playwright-core"
import { needs } from "../../../../debian.ts"
import * as ApiKey from "../../src/callers/ApiKey.ts"
import { Listener } from "../../src/server/Server.ts"
import { keys, layerOf, otherProject } from "../ConfiguredProxy.ts"

beforeAll(() => buildBoard())

/** A caller that may see all, one that may see another project alone, one that may read and not list, and one whose key has expired. */
const lookers = {
  owner: keys.owner,
  stranger: keys.reader,
  unlisted: "cbrk_Canary-unlisted",
  expired: keys.expired
} as const

const servers = 8

const proxy = Layer.unwrap(
  Effect.gen(function* () {
    const sha256 = (key: string) => ApiKey.hashOf(Redacted.make(key))
    const [owner, stranger, unlisted, expired] = yield* Effect.all(
      [lookers.owner, lookers.stranger, lookers.unlisted, lookers.expired].map(sha256)
    ).pipe(Effect.provide(NodeCrypto.layerDigest))
    const all = ["read", "list", "watch"]
    return layerOf(
      {
        callers: {
          owner: { keys: [{ sha256: owner }], projects: "*", scopes: all },
          stranger: { keys: [{ sha256: stranger }], projects: [otherProject], scopes: all },
          unlisted: { keys: [{ sha256: unlisted }], projects: "*", scopes: ["read", "watch"] },
          expired: { keys: [{ sha256: expired, expires_at: "2020-01-01T00:00:00Z" }], projects: "*", scopes: all }
        },
        live: { list_moving_seconds: 1, list_at_rest_seconds: 1, poll_at_rest_seconds: 1 },
        quotas: {
          classes: { default: { requests_per_second: 1_000, burst: 1_000 } },
          failed_sign_ins_per_minute: 1_000
        }
      },
      servers
    )
  })
)

const browser = Effect.acquireRelease(
  Effect.promise(() =>
    chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] })
  ),
  (browser) => Effect.promise(() => browser.close())
)

/** A tab, and the texts that the browser received for the page in it. */
interface Tab {
  readonly page: Page
  readonly bodies: Array<Promise<{ readonly url: string; readonly text: string }>>
  readonly complaints: ReadonlyArray<string>
}

const openTab = async (browser: Browser): Promise<Tab> => {
  const context = await browser.newContext({ locale: "en-GB" })
  const page = await context.newPage()
  const bodies: Tab["bodies"] = []
  const complaints: Array<string> = []
  page.on("response", (response) => {
    // A stream has no end to wait for.
    if (response.url().endsWith("/events") && response.ok()) return
    // The page reads every other body, or gives it up.
    const givenUp = page
      .waitForEvent("requestfailed", { predicate: (request) => request === response.request(), timeout: 10_000 })
      .then(() => "")
    const text = Promise.race([response.text().catch(() => ""), givenUp])
    const body = text.then((text) => ({ url: response.url(), text }))
    // The test may have moved on to another page.
    body.catch(() => {})
    bodies.push(body)
  })
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text())
  })
  page.on("pageerror", ({ message }) => complaints.push(message))
  return { page, bodies, complaints }
}

/** Loads the page, which forgets the key of the page before it, and signs in. */
const signIn = async ({ bodies, page }: Tab, url: string, key: string): Promise<void> => {
  await page.goto("about:blank")
  // The page before it may have begun requests that never end.
  bodies.length = 0
  await page.goto(url)
  await page.locator("#credential").fill(key)
  await page.locator("#credential").press("Enter")
}

describe("the page over the proxy", needs("chromium"), () => {
  layer(proxy, { excludeTestServices: true })((it) => {
    it.effect(
      "shows the fleet of the cloud, follows a change, and one backup byte for byte",
      () =>
        Effect.gen(function* () {
          const { bodyOf, fleet, project_id, put } = yield* cloud
          const { url } = yield* Listener
          const chrome = yield* browser
          const tab = yield* Effect.promise(() => openTab(chrome))
          const { complaints, page } = tab
          yield* Effect.promise(async () => {
            await signIn(tab, `${url}/`, lookers.owner)
            assert.strictEqual(new URL(page.url()).pathname, "/-/board")
            await page.locator("#credential").waitFor({ state: "detached" })
            await page.goto(`${url}/-/board#/${project_id}`)
            await page.getByText("Live", { exact: true }).waitFor()
            for (const [name, text] of [
              [fleet.failing, "The newest good backup is too old; a newer one failed"],
              [fleet.late, "The newest good backup is too old"],
              [fleet.not_replicated, "Whole, but its copy to another region failed"],
              [fleet.under_way, "a newer one is being made"]
            ] as const) {
              await page.getByRole("row").filter({ hasText: name }).filter({ hasText: text }).waitFor()
            }
          })
          const digest = yield* HttpClient.get(`${url}${fleetPath(project_id)}`, {
            headers: { "x-api-key": lookers.owner }
          })
          const { resources } = JSON.parse(yield* digest.text) as FleetDigest
          const backup_id = resources.find(({ name }) => name === fleet.under_way)?.strip.ids[0] ?? ""
          const before = yield* bodyOf(backup_id)
          yield* put({ backup_id, body: before.replaceAll('"status":"protecting"', '"status":"error"') })
          yield* Effect.promise(async () => {
            await page
              .getByRole("row")
              .filter({ hasText: fleet.under_way })
              .filter({ hasText: "a newer one failed" })
              .waitFor()
            await page.goto(`${url}/-/board#/${project_id}/backup/${backup_id}`)
            await page.getByText("JSON", { exact: true }).click()
          })
          const raw = yield* Effect.promise(() => page.locator(".json pre").textContent())
          assert.strictEqual(raw, yield* bodyOf(backup_id))
          assert.deepStrictEqual(complaints, [])
        }).pipe(Effect.scoped),
      60_000
    )

    it.effect("the digest of a project is for callers that may list it, and is sent once", () =>
      Effect.gen(function* () {
        const { project_id } = yield* Simulator
        const { url } = yield* Listener
        const ask = (key: string, headers = {}) =>
          HttpClient.get(`${url}${fleetPath(project_id)}`, { headers: { "x-api-key": key, ...headers } })
        for (const key of [lookers.stranger, lookers.unlisted, lookers.expired]) {
          assert.strictEqual((yield* ask(key)).status, 403)
        }
        const { headers, status } = yield* ask(lookers.owner)
        assert.strictEqual(status, 200)
        assert.strictEqual(headers["cache-control"], "private, no-cache")
        assert.strictEqual((yield* ask(lookers.owner, { "if-none-match": headers["etag"] })).status, 304)
      })
    )

    it.effect(
      "shows no caller a byte without the right to it, whatever link is opened",
      () =>
        Effect.gen(function* () {
          const { backups, fleet, project_id } = yield* cloud
          const { url } = yield* Listener
          const chrome = yield* browser
          const ids = Object.values(backups)
          const names = [...fleet.servers, "autobk_", "ecs-orders", ...ids]
          const pick = <A>(all: ReadonlyArray<A>) =>
            Effect.map(Random.nextIntBetween(0, all.length - 1), (at) => all[at]!)
          // A tab for each caller: a new one for each link takes seconds.
          const tabs = new Map<string, Tab>()
          for (let run = 0; run < 14; run++) {
            const [name, key] = yield* pick(Object.entries(lookers))
            const [one, other] = [yield* pick(ids), yield* pick(ids)]
            const path = yield* pick([
              "",
              `/backup/${one}`,
              `/diff/${one}/${other}`,
              `/resource/${yield* pick(["94eba8b2-acc9-4d82-badc-127144cc5526", "f1ee0000-0000-4000-8000-000000000003"])}`
            ])
            const hash = `#/${yield* pick([project_id, project_id, otherProject])}${path}`
            const tab = tabs.get(name) ?? (yield* Effect.promise(() => openTab(chrome)))
            tabs.set(name, tab)
            const { bodies, complaints, page } = tab
            yield* Effect.promise(() => signIn(tab, `${url}/-/board${hash}`, key))
            yield* Effect.promise(() => page.waitForTimeout(400))
            const answered = yield* Effect.promise(() => Promise.all(bodies))
            const shown = yield* Effect.promise(() => page.content())
            assert.deepStrictEqual(complaints, [], `${name} ${hash}`)
            const told = answered.filter(({ url }) => !url.includes("/-/board")).map(({ text, url }) => ({ url, text }))
            for (const { text, url } of told) {
              const secrets = names.filter((secret) => text.includes(secret))
              if (name === "owner") continue
              // A caller that may read, and not list, sees the backup whose id the link has, and no other.
              const mayRead = name === "unlisted" && /\/backups\/[^/]+$/.test(url)
              if (!mayRead) assert.deepStrictEqual(secrets, [], `${name} ${hash} ${url}`)
            }
            // The link itself stands in no text of the page.
            if (name === "stranger" || name === "expired") {
              for (const secret of [...fleet.servers, "ecs-orders", "autobk_"]) assert.notInclude(shown, secret)
            }
            assert.notInclude(shown, key)
          }
        }).pipe(Effect.scoped),
      240_000
    )
  })
})

/** The cloud, which has a fleet, and the body of each of its backups as it sends it. */
const cloud = Effect.gen(function* () {
  const simulator = yield* Simulator
  const { cbr, fleet, issueToken, project_id } = simulator
  assert.isDefined(fleet)
  return {
    ...simulator,
    fleet,
    bodyOf: Effect.fnUntraced(function* (backup_id: string) {
      const response = yield* HttpClient.get(`${cbr}/v3/${project_id}/backups/${backup_id}`, {
        headers: { "x-auth-token": Redacted.value(yield* issueToken) }
      })
      return yield* response.text
    })
  }
})
