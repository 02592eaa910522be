#!/bin/sh
# Package: effect 4.1.0, module effect/encoding/Ini.
# Guess: it reads the credentials file of the cloud's SDKs as Python's configparser does, whose form that file has.
# Seen: a secret ends at its first `#` or `;`, though no blank stands before it; `true` and a number become a boolean and
#   stay so; and a line with `:` between name and value is one name whose value is true. No error is raised.
# Input: a section [basic] with one line each.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund effect@4.1.0
cat > look.mjs <<'JS'
import * as Ini from "effect/encoding/Ini"
for (const line of ["sk = abc#def", "sk = abc;def", "sk = true", "ak: abc"]) {
  console.log(line, "->", JSON.stringify(Ini.parse(`[basic]\n${line}\n`).basic))
}
JS
node look.mjs | tee seen
cat > expected <<'TXT'
sk = abc#def -> {"sk":"abc"}
sk = abc;def -> {"sk":"abc"}
sk = true -> {"sk":true}
ak: abc -> {"ak: abc":true}
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
