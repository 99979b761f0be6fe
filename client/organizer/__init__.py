"""The embedded organizer: plan, enrolment, receipts, uploads. One process, SQLite, a folder."""
