"""URLs of the assessment's admin screens, below /admin/evidence/."""

from django.urls import path

from .views import matrix, packs, rows

app_name = "otp_policy_packs"
urlpatterns = [
    path("", matrix.matrix, name="matrix"),
    path("clone/", rows.clone, name="clone"),
    path("years/<int:year_id>/assessment.csv", matrix.matrix_csv, name="matrix_csv"),
    path("years/<int:year_id>/assessment.xlsx", matrix.matrix_xlsx, name="matrix_xlsx"),
    path("years/<int:year_id>/add/", rows.add, name="add"),
    path("rows/<int:row_id>/", rows.row, name="row"),
    path("rows/<int:row_id>/edit/", rows.edit, name="edit"),
    path("rows/<int:row_id>/pack/", packs.row_pack, name="row_pack"),
    path("rows/<int:row_id>/evidence.pdf", packs.row_pdf, name="row_pdf"),
    path("items/<int:page_id>/", packs.item, name="item"),
    path("items/<int:page_id>/pack/", packs.item_pack, name="item_pack"),
    path("items/<int:page_id>/evidence.pdf", packs.item_pdf, name="item_pdf"),
]
