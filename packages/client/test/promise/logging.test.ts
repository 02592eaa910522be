import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { createBackupClient } from "@cbr/client/promise"
import { assert, it } from "@effect/vitest"
import { request } from "../TestClient.ts"

it("a circuit that opens writes nothing to the console of a program without Effect", async () => {
  const server = createServer((_, response) => response.writeHead(503).end())
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const log = console.log
  const written: Array<unknown> = []
  console.log = (...words) => void written.push(words)
  const client = createBackupClient({
    endpoint: `http://127.0.0.1:${port}`,
    token: "t",
    projectId: request.project_id,
    retries: 0
  })
  try {
    const failures: Array<string> = []
    for (let call = 0; call < 6; call++) {
      await client.showBackup(request.backup_id).catch((error: Error) => failures.push(error.message))
    }
    assert.match(failures.at(-1) ?? "", /^nothing was sent: the circuit to 127\.0\.0\.1:\d+ is open/)
  } finally {
    console.log = log
    await client.close()
    server.close()
  }
  assert.deepStrictEqual(written, [])
})
