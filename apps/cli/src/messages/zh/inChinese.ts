import { sentences } from "./sentences.ts"

/** A sentence of the core in Chinese; what it does not know, such as a name or the service's own words, stays. */
export const inChinese = (text: string): string => {
  const whole = translated(text)
  if (whole !== undefined) return whole
  const { code = "", said = "" } = withCode.exec(text)?.groups ?? {}
  const before = translated(said)
  return before === undefined ? text : `${before}（${code}）`
}

/** A code of the operating system follows. */
const withCode = /^(?<said>.+) \((?<code>[A-Z][A-Z0-9_]+)\)$/s

const translated = (text: string): string | undefined => {
  for (const { chinese, pattern } of (patterns ??= compiled())) {
    const found = pattern.exec(text)
    if (found === null) continue
    return chinese.replaceAll(places, (_, before = "", place, isSentence, after = "") => {
      const part = found[Number(place)] ?? ""
      if (isSentence === "") return before + part.replace(withCode, "$<said>（$<code>）") + after
      const said = inChinese(part)
      return `${/^\p{Script=Han}/u.test(said) ? "" : before}${said}${/\p{Script=Han}$/u.test(said) ? "" : after}`
    })
  }
  return undefined
}

/** A place in a sentence, with the blanks that part it from Chinese, and that Chinese needs none of. */
const places = /((?<=\p{Script=Han}) )?\{(\d)(\*?)\}( (?=\p{Script=Han}))?/gu

/** A word and what follows it, parted by a blank unless that is Chinese too. */
export const followedBy = (word: string, said: string): string =>
  /^\p{Script=Han}/u.test(said) ? word + said : `${word} ${said}`

interface Pattern {
  readonly pattern: RegExp
  readonly chinese: string
}

let patterns: ReadonlyArray<Pattern> | undefined

/** The sentence that says most comes first: `no {1}` would take what `no home folder` is meant for. */
const compiled = (): ReadonlyArray<Pattern> =>
  sentences
    .map(([english, chinese]) => ({ length: english.replaceAll(/\{\d\}/g, "").length, english, chinese }))
    .sort((a, b) => b.length - a.length)
    .map(({ chinese, english }) => ({
      chinese,
      pattern: new RegExp(
        `^${english.replaceAll(/[.*+?^$()[\]|\\]/g, String.raw`\$&`).replaceAll(/\{\d\}/g, "(.+?)")}$`,
        "s"
      )
    }))
