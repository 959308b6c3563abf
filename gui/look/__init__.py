"""What everything looks like: colours, icons, and the small widgets that the windows share."""
