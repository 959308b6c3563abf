"""The desktop canvas: a person draws the first strokes, a model goes on, stroke by stroke."""
