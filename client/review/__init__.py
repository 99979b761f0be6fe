"""Showing a recorded session in a local page: it shows, `verify` judges."""
