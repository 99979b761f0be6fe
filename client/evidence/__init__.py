"""The evidence folder: journal, keys, seal, verification. One folder a session and computer."""
