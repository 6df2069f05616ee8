# Placeholder until the targets of the README exist.
test:
	swift test
