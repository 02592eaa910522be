#!/bin/sh
# Package: node 24.21.0 (V8 13.6).
# Guess: what is deleted from a Map is garbage, and the next minor collection frees it if it is young.
# Seen: a Map that many entries pass through, 32 at a time, keeps all that ever passed, until a full collection. Deleting makes
#   V8 lay out a new table, and each old table points to the next: once one of them is old, all later ones survive, with
#   what was in them. A server's table of requests under way is such a Map: each minor collection then copies the requests
#   since the last full one, and takes tens of milliseconds instead of one.
# Input: 5,000 entries of 8 kB, of which 32 are there at a time, in an array and in a Map; a minor collection after each 500.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node@24.21.0
cat > look.cjs <<'JS'
const kinds = {
  array: () => {
    const places = Array.from({ length: 32 })
    return { add: (i, value) => (places[i % 32] = value), drop: () => {} }
  },
  Map: () => {
    const entries = new Map()
    return { add: (i, value) => entries.set(i, value), drop: (i) => entries.delete(i) }
  }
}
for (const [kind, make] of Object.entries(kinds)) {
  const table = make()
  for (let i = 0; i < 32; i++) table.add(i, {})
  for (let i = 0; i < 3; i++) gc({ type: "minor" }) // The table is old from here on, as in a server that has run a while.
  gc()
  const before = process.memoryUsage().heapUsed
  const kept = () => (process.memoryUsage().heapUsed - before) / 1e6
  let most = 0
  for (let i = 32; i < 5_032; i++) {
    table.drop(i - 32)
    table.add(i, Array.from({ length: 1_000 }, (_, n) => n + i))
    if (i % 500 !== 0) continue
    gc({ type: "minor" })
    most = Math.max(most, kept())
  }
  gc()
  console.log(`${kind}: ${most > 10 ? "more than 10 MB" : most < 2 ? "less than 2 MB" : `${most} MB`} kept, ${kept() < 2 ? "less than 2 MB" : "more"} after a full collection`)
}
JS
node_modules/.bin/node --version
node_modules/.bin/node --expose-gc look.cjs | tee seen
cat > expected <<'TXT'
array: less than 2 MB kept, less than 2 MB after a full collection
Map: more than 10 MB kept, less than 2 MB after a full collection
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
