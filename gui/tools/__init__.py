"""The tools: what a pointer does to the paper while one of them is in the hand."""
