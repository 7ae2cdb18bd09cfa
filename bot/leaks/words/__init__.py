"""The vocabularies of the scanner: phrases that say who, where and what, in English and Welsh, by family.

A phrase ends at a comma or a line break; a word that ends in `*` stands for all words that begin so.
"""
