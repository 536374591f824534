"""Charts of the bulletin: Vega-Lite specifications, a tile map, sparklines, drawn as SVG.

Each returns text that a page can contain as it is, without script. ``issue`` decides which figures
a page shows beside a chart.
"""
