// The same by @fastify/http-proxy, as its page has it.
import httpProxy from "@fastify/http-proxy"
import Fastify from "fastify"

const [, , upstream, key] = process.argv
const app = Fastify()
app.addHook("onRequest", async (request, reply) => {
  if (request.headers["x-auth-token"] !== key) return reply.code(401).send()
})
await app.register(httpProxy, { upstream, undici: { connections: 64 } })
console.log(JSON.stringify({ url: await app.listen({ host: "127.0.0.1", port: 0 }) }))
