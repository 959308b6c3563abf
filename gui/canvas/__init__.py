"""The canvas: the widget that shows the paper, and what mouse, pen, fingers and keys do to it."""
