package duckdb

// AskDatabase lets an engine ask DuckDB even for what it keeps in memory.
func AskDatabase(e *Engine) { e.states.disabled = true }
