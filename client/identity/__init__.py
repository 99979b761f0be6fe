"""The coach of the identity step: helps a contestant to hold the card so that it can be read."""
