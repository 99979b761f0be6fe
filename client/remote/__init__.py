"""The organizer's API: messages shared by both sides, and the only HTTP client."""
