"""The help page's articles and how they are found; no widgets here."""
