import { type Token, tokenize } from "./Lexer.ts"
import { fault, type QueryFault } from "./QueryFault.ts"

/** Reads the tokens of an expression one by one. */
export class TokenCursor {
  readonly #tokens: ReadonlyArray<Token>
  #index = 0

  constructor(expression: string) {
    this.#tokens = tokenize(expression)
  }

  get next(): Token {
    return this.#tokens[this.#index]!
  }

  take(): Token {
    const token = this.next
    if (token.type !== "end") this.#index++
    return token
  }

  /** Whether a sign comes next, or that many tokens ahead. */
  is(sign: string, ahead = 0): boolean {
    const token = this.#tokens[this.#index + ahead]
    return token?.type === "sign" && token.text === sign
  }

  /** Takes a sign if it comes next. */
  skips(sign: string): boolean {
    const found = this.is(sign)
    if (found) this.#index++
    return found
  }

  expect(sign: string): void {
    if (!this.skips(sign)) throw this.unexpected()
  }

  unexpected(token = this.next): QueryFault {
    const at = token.at + 1
    return fault(token.type === "end" ? { code: "unfinished", at } : { code: "unexpected", text: token.text, at })
  }

  /** Reads parts between commas up to a closing sign; a comma has a part on either side. */
  list<A>(end: string, part: () => A): ReadonlyArray<A> {
    if (this.skips(end)) return []
    const parts = [part()]
    while (this.skips(",")) parts.push(part())
    this.expect(end)
    return parts
  }
}
