#!/bin/sh
# Package: ratelimit-header-parser 0.1.0.
# Guess: the parser reads the RateLimit field as the IETF draft has had it since revision 8, which express-rate-limit, of the same
#   authors, sends as `draft-8`; or it returns undefined, as its README says for fields that it cannot find.
# Seen: it returns NaN for both numbers and an invalid date. Comparisons with NaN are false, so `remaining < 1` never stops a program
#   that has no call left, and the calls go on into 429. The form of revision 7 gives numbers.
# Input: the two forms of "no call left for 50 seconds".
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ratelimit-header-parser@0.1.0
cat > look.mjs <<'JS'
import { parseRateLimit } from "ratelimit-header-parser"
const look = (name, headers) => {
  const { limit, remaining, reset } = parseRateLimit(new Response(null, { headers }))
  const hasReset = !Number.isNaN(reset.getTime())
  console.log(`${name}: limit ${limit}, remaining ${remaining}, valid reset ${hasReset}, stops ${remaining < 1}`)
}
look("revision 7", { ratelimit: "limit=100, remaining=0, reset=50", "ratelimit-policy": "100;w=60" })
look("revision 8", { ratelimit: '"default";r=0;t=50', "ratelimit-policy": '"default";q=100;w=60' })
JS
node look.mjs | tee seen
cat > expected <<'TXT'
revision 7: limit 100, remaining 0, valid reset true, stops true
revision 8: limit NaN, remaining NaN, valid reset false, stops false
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
