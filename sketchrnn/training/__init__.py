"""Training and evaluation of models. Importing the modules below imports TensorFlow, but for `config`."""
