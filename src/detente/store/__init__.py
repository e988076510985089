"""What we hold and when we learned it: append through a Writer, read through a View."""
