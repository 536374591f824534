"""The month's data quality: its summary, its model, its page."""
