#!/bin/sh
# Package: yaml 2.9.1 (JavaScript).
# Guess: `compat: "yaml-1.1"` writes text that a YAML 1.1 reader understands as the same values, numbers too.
# Seen: a small or large number is written with an exponent and without a dot. YAML 1.1's float needs the dot and a sign after
#   `e`; PyYAML, which follows it, reads `1e-7` as text. The package's own 1.1 reader takes it for a number, so a round trip
#   through the package shows nothing.
# Input: two numbers, and the pattern of floats on YAML 1.1's page of types.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund yaml@2.9.1
cat > look.mjs <<'JS'
import { parse, stringify } from "yaml"
const float = /^[-+]?([0-9][0-9_]*)?\.[0-9.]*([eE][-+][0-9]+)?$/
for (const value of [1e-7, 1e21]) {
  const text = stringify(value, { compat: "yaml-1.1" }).trim()
  console.log(text, `a float of 1.1: ${float.test(text)}`, `own reader: ${typeof parse(text, { version: "1.1" })}`)
}
JS
node look.mjs | tee seen
cat > expected <<'TXT'
1e-7 a float of 1.1: false own reader: number
1e+21 a float of 1.1: false own reader: number
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
