import { ErrorTable } from "@cbr/client"
import { type ProblemKind, proxyErrors } from "./ProxyError.ts"

const kinds: ReadonlyArray<ProblemKind> = [...Object.values(ErrorTable), ...Object.values(proxyErrors)]

const pages: ReadonlyMap<string, string> = new Map(
  kinds.map((kind) => [
    kind.slug,
    [
      kind.title.en,
      kind.title.zh,
      "",
      `HTTP status: ${kind.httpStatus}`,
      `The same request may succeed later: ${kind.retryable ? "yes" : "no"}`,
      "",
      kind.hint.en,
      kind.hint.zh,
      ""
    ].join("\n")
  ])
)

/** The page that a problem's `type` leads to, as plain text in both languages. */
export const problemPage = (slug: string): string | undefined => pages.get(slug)
