"""Routes of the catalogue: pages of the portal, and operations of the API."""

from django.urls import URLPattern, URLResolver, path

from partners.catalogue import api, display_api, picture_api
from partners.catalogue.feeds import urls as feeds
from partners.catalogue.pages import display_rules, gallery, import_result, imports, items, pictures

portal_urlpatterns: list[URLPattern | URLResolver] = [
    *feeds.portal_urlpatterns,
    path("items/", items.items, name="items"),
    path("items/new/", items.item_new, name="item_new"),
    path("items/imports/", imports.item_imports, name="item_imports"),
    path("items/imports/new/", imports.item_import_new, name="item_import_new"),
    path("items/imports/template.<slug:kind>", imports.item_template, name="item_template"),
    path("items/imports/files/<uuid:item_file_id>/", imports.item_file, name="item_file"),
    path("items/imports/previews/<uuid:item_preview_id>/", imports.item_preview, name="item_preview"),
    path(
        "items/imports/previews/<uuid:item_preview_id>/confirm/",
        imports.item_preview_confirm,
        name="item_preview_confirm",
    ),
    path("items/imports/<uuid:item_import_id>/", import_result.item_import, name="item_import"),
    path("items/imports/<uuid:item_import_id>/again/", import_result.item_import_again, name="item_import_again"),
    path("items/imports/<uuid:item_import_id>/errors.csv", import_result.item_import_errors, name="item_import_errors"),
    path("items/rules/", display_rules.display_rules, name="display_rules"),
    path("items/rules/new/", display_rules.display_rule_new, name="display_rule_new"),
    path("items/rules/<uuid:display_rule_id>/", display_rules.display_rule, name="display_rule"),
    path("items/rules/<uuid:display_rule_id>/remove/", display_rules.display_rule_remove, name="display_rule_remove"),
    path("items/<uuid:item_id>/", items.item, name="item"),
    path("items/<uuid:item_id>/edit/", items.item_edit, name="item_edit"),
    path("items/<uuid:item_id>/pictures/", pictures.item_picture_add, name="item_picture_add"),
    path("items/<uuid:item_id>/pictures/arrange/", pictures.item_picture_arrange, name="item_picture_arrange"),
    path("items/<uuid:item_id>/pictures/<slug:sha256>/", pictures.item_picture, name="item_picture"),
    path("items/<uuid:item_id>/status/", items.item_status, name="item_status"),
    path("items/<uuid:item_id>/duplicate/", items.item_duplicate, name="item_duplicate"),
    path("offers/", gallery.items_offered, name="items_offered"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    *feeds.api_urlpatterns,
    path("items", api.ItemsView.as_view(), name="items"),
    path("items/batch", api.ItemBatchView.as_view(), name="item_batch"),
    path("items/display", display_api.ItemDisplayView.as_view(), name="item_display"),
    path("items/<uuid:item_id>", api.ItemView.as_view(), name="item"),
    path("items/<uuid:item_id>/pictures", picture_api.ItemPicturesView.as_view(), name="item_pictures"),
    path("items/<uuid:item_id>/pictures/<slug:sha256>", picture_api.ItemPictureView.as_view(), name="item_picture"),
    path("items/<uuid:item_id>/archive", api.ItemArchiveView.as_view(), name="item_archive"),
    path("display-rules", display_api.DisplayRulesView.as_view(), name="display_rules"),
    path("display-rules/<uuid:display_rule_id>", display_api.DisplayRuleView.as_view(), name="display_rule"),
    path("item-categories", api.ItemCategoriesView.as_view(), name="item_categories"),
]
