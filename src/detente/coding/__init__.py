"""Text to events and assessments."""
