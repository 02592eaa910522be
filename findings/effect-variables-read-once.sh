#!/bin/sh
# Package: effect 4.1.0, modules effect/Config and effect/ConfigProvider.
# Guess: a Config that is read anew sees the environment variables as they are at that time, as process.env does.
# Seen: the first reading copies them for the whole process. A token that a program renews in process.env, or a second client
#   that is made after a variable was set, gets the old value, without an error. A provider made for each reading sees the
#   new one.
# Input: one variable that changes between two readings.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund effect@4.1.0
cat > look.mjs <<'JS'
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
const region = Config.String("REGION")
process.env.REGION = "cn-north-4"
console.log(`first: ${await Effect.runPromise(region)}`)
process.env.REGION = "cn-east-3"
console.log(`then: ${await Effect.runPromise(region)}`)
const own = Effect.provideService(region, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv())
console.log(`by a provider of its own: ${await Effect.runPromise(own)}`)
JS
node look.mjs | tee seen
cat > expected <<'TXT'
first: cn-north-4
then: cn-north-4
by a provider of its own: cn-east-3
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
