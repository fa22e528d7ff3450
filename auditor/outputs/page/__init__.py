"""The page: one HTML file that needs nothing else, made of the templates, styles and scripts beside this file."""
