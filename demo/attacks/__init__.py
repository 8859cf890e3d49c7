"""What FGSM is compared with: random signs, BIM and PGD, L-BFGS."""
