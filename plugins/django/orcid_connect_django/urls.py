"""The address to which the button leads."""

from django.urls import path

from orcid_connect_django.views import connect

app_name = "orcid_connect"
urlpatterns = [path("connect/", connect, name="connect")]
