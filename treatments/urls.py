from django.urls import path

from treatments import views

urlpatterns = [
    path("", views.home, name="home"),
    path("treatments/", views.treatment_list, name="treatments"),
    path("treatments/<slug:slug>/", views.treatment_page, name="treatment"),
    path("compare/", views.compare_choose, name="compare"),
    path("compare/<slug:slug>/", views.compare, name="comparison"),
    path("decide/", views.decide, name="decide"),
    path("questions/", views.questions, name="questions"),
    path("sources/", views.sources, name="sources"),
    path("about-this-information/", views.about, name="about"),
]
