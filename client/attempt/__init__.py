"""One contestant's session, 场次: its state table, its steps, and what a window sees of it."""
