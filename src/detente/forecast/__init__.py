"""Questions, and models that answer them with probabilities."""
