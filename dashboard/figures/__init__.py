"""What the pages of figures share: tables and their files, filters in the address, what is kept for a night."""
