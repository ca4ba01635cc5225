"""What people can ask for, each command declared once."""
