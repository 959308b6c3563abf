"""What lies on the paper and how it is painted, without a widget: ink, the view, cached pictures."""
