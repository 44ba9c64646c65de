"""How the bundled models are made, from packages that anyone can install and a folder of parallel text."""
