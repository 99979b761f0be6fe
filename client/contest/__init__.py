"""Pure values of a contest: plan, schedule, seat, contestant, signed documents. No I/O."""
