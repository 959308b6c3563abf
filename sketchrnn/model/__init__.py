"""The Keras model of Ha & Eck 2017 (arXiv 1704.03477), for training. Importing it imports TensorFlow."""
