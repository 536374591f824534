"""Where a figure comes from: the rows that were counted, and the page that shows them."""
