// One backup through cbr-proxy, by `fetch`. Variables: CBR_PROXY_URL, CBR_PROXY_KEY. Arguments: PROJECT_ID BACKUP_ID.

/** The body of every failure of the proxy (RFC 9457). */
interface Problem {
  readonly title: string
  readonly detail: string
  readonly retryable: boolean
}

const { CBR_PROXY_KEY: key = "", CBR_PROXY_URL: url = "" } = process.env
const [projectId, backupId] = process.argv.slice(2)

const response = await fetch(`${url}/v3/${projectId}/backups/${backupId}`, {
  headers: { authorization: `Bearer ${key}` },
  signal: AbortSignal.timeout(30_000)
})

if (response.ok) {
  const { backup } = (await response.json()) as { readonly backup: { readonly name: string; readonly status: string } }
  console.log(backup.name, "is", backup.status)
} else {
  const { detail, retryable, title } = (await response.json()) as Problem
  console.error(
    `${title}: ${detail}${retryable ? ` (again in ${response.headers.get("retry-after") ?? "a few"} s)` : ""}`
  )
  process.exitCode = 1
}
