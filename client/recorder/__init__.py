"""The recorder as others see it: setup file, protocol, supervisor. The process is in `child/`."""
