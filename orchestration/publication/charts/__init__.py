"""Charts of the bulletin: Vega-Lite specifications, a tile map, sparklines, drawn as SVG.

Each gives text that stands in a page by itself, with no script. Which figures a page shows beside
a chart is ``issue``'s.
"""
