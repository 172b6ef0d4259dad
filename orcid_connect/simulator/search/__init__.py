"""Finding people by what their records show to everybody (REGISTRY 10).

`query` reads a plain subset of Solr's language, `index` says what can be found of a person.
"""
