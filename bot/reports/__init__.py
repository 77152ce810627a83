"""The questions that supervisors and admins ask of what has happened. Reads alone."""
