"""Sets of drawings: what a model is trained on and measured with."""
