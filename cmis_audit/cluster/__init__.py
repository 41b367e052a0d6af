"""CLUSTER: which matches belong together, and the verdict on them."""
