"""A small shop: what a deployment audit needs of a site, and no more."""
