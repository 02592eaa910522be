// What every program of Node pays before its own first word.
