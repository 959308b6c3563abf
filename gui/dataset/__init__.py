"""Data sets: one looked through as a wall of drawings, and one drawn by hand."""
