"""What readers ask for. Everything here is open to everybody and changes nothing."""
