"""What the program knows as data: rule packs, a folder each."""
