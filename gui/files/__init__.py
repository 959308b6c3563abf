"""The document and its files: saving, exporting, autosave, the clipboard."""
