#!/bin/sh
# Package: parse-prometheus-text-format 1.1.1.
# Guess: a histogram with labels is read as one entry for each set of labels, as the package reads counters and gauges, and as its
#   README shows for summaries.
# Seen: there is one entry without labels, which has the buckets of the last set alone. Sums and counts are gone. A program that
#   computes a latency from them takes that of the last route for that of all; nothing says that the others were there.
# Input: one histogram of two routes, and one without labels, in the text format.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund parse-prometheus-text-format@1.1.1
cat > look.mjs <<'JS'
import parse from "parse-prometheus-text-format"
const lines = (labels, [first, all], sum) => [
  `seconds_bucket{${labels}le="1"} ${first}`,
  `seconds_bucket{${labels}le="+Inf"} ${all}`,
  `seconds_sum${labels && `{${labels.slice(0, -1)}}`} ${sum}`,
  `seconds_count${labels && `{${labels.slice(0, -1)}}`} ${all}`
]
const show = (name, samples) => {
  const [{ metrics }] = parse(["# TYPE seconds histogram", ...samples, ""].join("\n"))
  console.log(`${name}: ${JSON.stringify(metrics)}`)
}
show("without labels", lines("", [1, 2], 3.5))
show("two routes", [...lines('route="/backups",', [900, 1000], 500), ...lines('route="/healthz",', [7, 7], 0.1)])
JS
node look.mjs | tee seen
cat > expected <<'TXT'
without labels: [{"buckets":{"1":"1","+Inf":"2"},"count":"2","sum":"3.5"}]
two routes: [{"buckets":{"1":"7","+Inf":"7"}}]
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
