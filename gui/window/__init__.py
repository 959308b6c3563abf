"""The main window and its parts: menus, bars, tools at its side, help."""
