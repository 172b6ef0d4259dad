"""orcid_connect in Django: template tags (`{% load orcid %}`), and a view that makes tickets."""
