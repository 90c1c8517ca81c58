"""The shipped widgets. The application finds them by their folders and never imports this package."""
