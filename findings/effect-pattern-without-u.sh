#!/bin/sh
# Package: effect 4.1.0, modules effect/Schema and its JSON Schema.
# Guess: Schema.isPattern gives a `pattern` in the JSON Schema of every regular expression without flags, since JSON Schema
#   takes such an expression as it stands.
# Seen: only an expression with the flag `u` is written. Without it the document says `string` alone, and neither a warning
#   nor the type says so: an editor, a client generator or a gateway that reads the document lets everything through.
# Input: one expression, with and without the flag.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund effect@4.1.0
cat > look.mjs <<'JS'
import * as Schema from "effect/Schema"
for (const pattern of [/^[0-9a-f]{32}$/, /^[0-9a-f]{32}$/u]) {
  const { schema } = Schema.toJsonSchemaDocument(Schema.String.check(Schema.isPattern(pattern)))
  console.log(String(pattern), JSON.stringify(schema))
}
JS
node look.mjs | tee seen
cat > expected <<'TXT'
/^[0-9a-f]{32}$/ {"type":"string"}
/^[0-9a-f]{32}$/u {"type":"string","pattern":"^[0-9a-f]{32}$"}
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
