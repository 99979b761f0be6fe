"""The recorder process. Only `client.__main__` imports it."""
