"""The templates of all pages, and the only way to render them: escaped and without scripts."""
