"""Pages that read from everything."""
