"""The invented company: pure functions of a seed and a day."""
