"""Foreign resources, read without trust: nothing here raises on any shape of inputs."""
