// What every program of Node pays before its own first word.
process.exitCode = 0
