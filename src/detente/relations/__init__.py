"""Events to measures of a relation: level, status, explanations."""
