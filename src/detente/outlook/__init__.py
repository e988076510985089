"""Results to a brief: build, prose, charts."""
