package duckdb

// AskDatabase lets an engine ask DuckDB even for what it keeps in memory, and forget what it has written nearly at once.
func AskDatabase(e *Engine) { e.states.disabled, e.met.most = true, 2 }
