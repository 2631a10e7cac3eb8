"""`make relevance`: how well the search ranks, beside a plain `multi_match` of the same index in the same run.

Queries and grades are made from the catalogue by a program. They are synthetic: they say how the search treats exact words,
typing errors, plurals and so on of known products, not what people want. Their generator knows nothing of how queries are built:
it has its own words and rules, in Python.
"""
