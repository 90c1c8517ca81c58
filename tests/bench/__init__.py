"""`make bench`: what the pages cost, as ratios to a bare Flask page in the same run. See docs/performance.md."""
