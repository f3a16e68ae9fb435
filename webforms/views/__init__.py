"""Public addresses of forms and the pixel; pages of sites for marketers."""

from webforms.views.hosted import form_page
from webforms.views.pages import form_edit, form_new, form_page_of, site_edit, site_list, site_new, site_page
from webforms.views.pixel import pixel_report
from webforms.views.script import form_json, form_script, form_send, pixel_script

__all__ = [
    "form_edit",
    "form_json",
    "form_new",
    "form_page",
    "form_page_of",
    "form_script",
    "form_send",
    "pixel_report",
    "pixel_script",
    "site_edit",
    "site_list",
    "site_new",
    "site_page",
]
