"""Settings, wiring, embedded database and processes: everything that turns the apps into a running Qitao."""
