"""Every speed goal as a command that prints its figure and the ratio to a bound."""
