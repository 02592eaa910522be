import type { Screen, Span } from "./Screen.ts"

const cell = { width: 8.4, height: 19 }
const padding = 16

/** The palette's first eight, as they read well on the dark ground. */
const palette = ["#6e7681", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#e6edf3"]

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" }

/** A screen as a picture: each stretch at its column and exactly as wide as its cells, whatever the font. */
export const svg = (screen: Screen, columns: number, title: string): string => {
  const width = Math.round(columns * cell.width + 2 * padding)
  const height = Math.round(screen.length * cell.height + 2 * padding)
  const lines = screen.flatMap((spans, row) => spans.map((span) => text(span, row)))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC','WenQuanYi Zen Hei Mono','PingFang SC','Microsoft YaHei',monospace" font-size="14" fill="#e6edf3">
${lines.join("\n")}
</g>
</svg>
`
}

const escaped = (value: string): string => value.replaceAll(/[&<>]/g, (character) => escapes[character] ?? character)

const text = ({ colour, column, isBold, isFaint, text: value, width }: Span, row: number): string => {
  const x = (padding + column * cell.width).toFixed(1)
  const y = (padding + (row + 0.75) * cell.height).toFixed(1)
  const style = [
    ...(colour === undefined ? [] : [` fill="${palette[colour % 8]}"`]),
    ...(isBold ? [` font-weight="bold"`] : []),
    ...(isFaint ? [` fill-opacity="0.6"`] : [])
  ].join("")
  return `<text x="${x}" y="${y}" textLength="${(width * cell.width).toFixed(1)}" lengthAdjust="spacingAndGlyphs"${style}>${escaped(value)}</text>`
}
