"""Ways out: e-mail and SMS. Each gateway turns its own errors into the three of `interface`."""
