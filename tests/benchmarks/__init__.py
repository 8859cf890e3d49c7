"""The same work by this product and by its peers: agreement first, then time."""
