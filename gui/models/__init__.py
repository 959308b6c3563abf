"""Models in the window: the thread that asks them, their folders, their thumbnails, their pen."""
