import type { RolldownPlugin } from "rolldown"

const segmenter = /new Intl\.Segmenter\(undefined, (\{[^}]*\})\)/
const lettersOfWidth = /const (zeroWidthCodePoints|emojiPresentation) = (\/.*\/g?u);/g

/**
 * The command library makes a segmenter and tables of letters as it loads, for a layout of help that is not ours. That
 * reads the rules of every language for half the time in which Node starts; so they are made at their first use.
 */
export const segmenterOnDemand: RolldownPlugin = {
  name: "segmenter-on-demand",
  transform: {
    filter: { id: /\/effect\/dist\/cli\/CliOutput\.js$/ },
    handler(code) {
      if (!segmenter.test(code) || Array.from(code.matchAll(lettersOfWidth)).length !== 2)
        this.error("effect/cli/CliOutput makes its segmenter in another way than before")
      return code
        .replace(segmenter, "{ segment: (text) => new Intl.Segmenter(undefined, $1).segment(text) }")
        .replace(
          lettersOfWidth,
          "const $1 = { test: (text) => $2.test(text), [Symbol.replace]: (text, by) => text.replace($2, by) };"
        )
    }
  }
}
