"""The ground floor: clock, files, errors, text, log. A closed list; imports nothing of ours."""
