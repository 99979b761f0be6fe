"""A phone as camera: its apps, where it is in this network, whether it is the same as yesterday."""
