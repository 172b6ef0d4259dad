"""What the product does from end to end, each journey by itself, on the services."""
