"""What changes the education pages: the only code of this application that writes."""
