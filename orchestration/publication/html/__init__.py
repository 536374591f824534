"""Templates of all pages, and the one way to fill them: escaped, without scripts from outside."""
