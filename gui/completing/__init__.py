"""What a model is asked for: endings, ghost ink, galleries, morphs, labels, the size of the whole."""
