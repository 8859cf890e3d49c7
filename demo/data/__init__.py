"""Bytes, pictures and tensors: the gallery, MNIST, strangers' files, training photographs."""
