import { writeSync } from "node:fs"

/** The exit code where the runtime cannot run the proxy. */
const wrongRuntime = 3

/**
 * Ends a process that is to serve where it runs on Bun: there `socket.bytesRead` is always 0, so that a drain would cut a request that
 * is half sent, and undici, which calls the cloud, is a stub.
 */
export const refuseBun = (): void => {
  const { bun } = process.versions
  if (bun === undefined) return
  // oxlint-disable-next-line no-restricted-properties -- no settings are read yet
  const { LANG = "", LC_ALL, LC_MESSAGES = LANG } = process.env
  const isChinese = (LC_ALL ?? LC_MESSAGES).toLowerCase().startsWith("zh")
  writeSync(
    process.stderr.fd,
    isChinese
      ? `cbr-proxy 不能在 Bun ${bun} 上运行：排空时会截断未发完的请求。请使用 Node 22.19 或更高版本。\n`
      : `cbr-proxy does not run on Bun ${bun}: a drain would cut a request that is half sent. Use Node 22.19 or later.\n`
  )
  process.exit(wrongRuntime)
}
