"""How good the translations are, on sentences that no model was trained on, and the floors that no model may fall below."""
