"""The pages of one booking. Every widget that opens one has the same: see `README.md`."""
