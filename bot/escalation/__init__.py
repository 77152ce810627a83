"""When the time has come: the runner of everything that falls due."""
