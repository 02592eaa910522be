/**
 * Writes lines in batches: those of one turn of the event loop at once, at the
 * turn's end, or sooner when there are many. The last are written when the
 * process ends, even by an error; a process that is killed loses those of one
 * turn.
 *
 * @param write takes whole lines, each with its line break
 */
export const batchedLines = (write: (lines: string) => void): ((line: string) => void) => {
  let waiting = ""
  const flush = () => {
    if (waiting === "") return
    const lines = waiting
    waiting = ""
    write(lines)
  }
  process.on("exit", flush)
  return (line) => {
    if (waiting === "") setImmediate(flush)
    waiting += `${line}\n`
    if (waiting.length >= most) flush()
  }
}

/** Characters; beyond this the lines don't wait for the end of the turn. */
const most = 64 * 1024
