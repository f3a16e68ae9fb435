"""What people fill in on the customer pages."""
