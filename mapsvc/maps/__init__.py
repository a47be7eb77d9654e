"""Folium elements and pages. Sees the words and a release's reader, never the pipeline."""
