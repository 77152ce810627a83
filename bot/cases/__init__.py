"""Cases: what is open, what commands do to it, and the only writer of its state."""
