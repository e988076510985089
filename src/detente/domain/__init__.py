"""What exists: actors, periods, records, and the schema of every table that crosses a room."""
