"""The paper's numbers, P1 to P22, and what it did not know: claim + networks + digits -> a row.

`claims.CLAIMS` is the table, its parts in `claims_*`; `bench` is what a claim is measured on;
`rows` is the file that keeps the results; `verdicts` says what they allow to be claimed. Every
measurement is a walk: it yields how far it is, 0 to 1, between pieces of about a second, and
returns what it found, so that a page can take turns with others.
Source: arXiv:1412.6572, sections 4 to 9 and appendix A.
"""
