"""Logistic regression of 3 against 7 under FGSM: a file a step of the argument."""
