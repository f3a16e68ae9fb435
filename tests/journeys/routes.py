"""The declaration of rights: every address of the program, and who may do what there."""

from dataclasses import dataclass

from core.models import Scope
from core.roles import Role

F, H, M, G = Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER
EVERYBODY = (F, H, M, G)
WITH_CUSTOMERS = (F, H, G)
ANALYSTS = (M, G)
MANAGERS = (G,)
# Administrators have every role.
ADMINISTRATORS: tuple[Role, ...] = ()


@dataclass(frozen=True)
class Page:
    """A page or fragment: the roles that may GET and POST it, None where the method does not exist.

    `of` is the kind of object in the address: somebody else's answers 404 to those who see only a part of the
    base. `hides` is False where it answers like one's own, and says why here.
    """

    get: tuple[Role, ...] | None = None
    post: tuple[Role, ...] | None = None
    of: str = ""
    hides: bool = True


@dataclass(frozen=True)
class Api:
    """An endpoint: the scope that each method needs."""

    get: Scope | None = None
    post: Scope | None = None
    patch: Scope | None = None
    of: str = ""


@dataclass(frozen=True)
class Open:
    """For anybody, logged in or not. `methods` that it takes."""

    methods: str = "GET POST"


@dataclass(frozen=True)
class Mine:
    """For whoever is logged in, about their own account."""


ROUTES: dict[str, Page | Api | Open | Mine] = {
    "home": Page(get=EVERYBODY),
    "set_preferences": Open("POST"),
    "healthz": Open("GET"),
    "token_list": Page(get=ADMINISTRATORS, post=ADMINISTRATORS),
    "token_revoke": Page(post=ADMINISTRATORS, of="token"),
    "people": Page(get=ADMINISTRATORS, post=ADMINISTRATORS),
    "person_change": Page(post=ADMINISTRATORS, of="person"),
    # customers
    "contact_open": Page(post=EVERYBODY, of="contact"),
    # customers
    "promises": Page(get=EVERYBODY),
    "customer_promises": Page(get=EVERYBODY, post=WITH_CUSTOMERS, of="customer"),
    "promise_close": Page(post=WITH_CUSTOMERS, of="promise"),
    "promise_reopen": Page(post=WITH_CUSTOMERS, of="promise"),
    "promise_move": Page(post=WITH_CUSTOMERS, of="promise"),
    # acquisition
    "spend": Page(get=ANALYSTS),
    "spend_cell": Page(post=ANALYSTS),
    "spend_copy": Page(post=ANALYSTS),
    "channel_open": Page(post=ANALYSTS),
    "channel": Page(get=ANALYSTS, post=ANALYSTS, of="channel"),
    "channel_spend": Page(get=ANALYSTS, post=ANALYSTS, of="channel"),
    "campaign_open": Page(post=ANALYSTS, of="channel"),
    "campaign_edit": Page(get=ANALYSTS, post=ANALYSTS, of="campaign"),
    "attribution_rule": Page(get=ANALYSTS, post=ANALYSTS),
    "retention_save": Page(post=ANALYSTS),
    "spend_part_clear": Page(post=ANALYSTS, of="spend_part"),
    "inquiries": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS),
    "inquiry_who": Page(get=WITH_CUSTOMERS),
    "leak_policy": Page(get=MANAGERS, post=MANAGERS),
    "inquiry": Page(get=WITH_CUSTOMERS, of="inquiry"),
    "inquiry_answer": Page(post=WITH_CUSTOMERS, of="inquiry"),
    "inquiry_capture": Page(post=WITH_CUSTOMERS, of="inquiry"),
    "inquiry_step": Page(post=WITH_CUSTOMERS, of="inquiry"),
    "inquiry_order": Page(post=WITH_CUSTOMERS, of="inquiry"),
    "inquiry_spam": Page(post=WITH_CUSTOMERS, of="inquiry"),
    "inquiry_take": Page(post=WITH_CUSTOMERS, of="inquiry"),
    "inquiry_contact": Page(post=WITH_CUSTOMERS, of="inquiry"),
    # webforms
    "site_list": Page(get=ANALYSTS),
    "site_new": Page(get=ANALYSTS, post=ANALYSTS),
    "site_page": Page(get=ANALYSTS, of="site"),
    "site_edit": Page(get=ANALYSTS, post=ANALYSTS, of="site"),
    "form_new": Page(get=ANALYSTS, post=ANALYSTS, of="site"),
    "form_page_of": Page(get=ANALYSTS, of="form"),
    "form_edit": Page(get=ANALYSTS, post=ANALYSTS, of="form"),
    # Other sites load, show and send them; who may is judged by origin, stamp and token.
    "form_script": Open("GET"),
    "pixel_script": Open("GET"),
    "form_page": Open(),
    "form_json": Open("GET"),
    "form_send": Open("POST"),
    "pixel_report": Open("POST"),
    # webhooks
    "webhook_list": Page(get=ADMINISTRATORS),
    "webhook_new": Page(get=ADMINISTRATORS, post=ADMINISTRATORS),
    "webhook": Page(get=ADMINISTRATORS, of="webhook"),
    "webhook_edit": Page(get=ADMINISTRATORS, post=ADMINISTRATORS, of="webhook"),
    "webhook_roll": Page(post=ADMINISTRATORS, of="webhook"),
    "webhook_switch": Page(post=ADMINISTRATORS, of="webhook"),
    "webhook_test": Page(post=ADMINISTRATORS, of="webhook"),
    "webhook_delivery": Page(get=ADMINISTRATORS, of="webhook_delivery"),
    "webhook_again": Page(post=ADMINISTRATORS, of="webhook_delivery"),
    # platforms
    "connection_list": Page(get=ADMINISTRATORS),
    "connection_new": Page(get=ADMINISTRATORS, post=ADMINISTRATORS),
    "connection_page": Page(get=ADMINISTRATORS, of="connection"),
    "connection_settings": Page(post=ADMINISTRATORS, of="connection"),
    "connection_switch": Page(post=ADMINISTRATORS, of="connection"),
    "connection_secret": Page(post=ADMINISTRATORS, of="connection"),
    "connection_retry": Page(post=ADMINISTRATORS, of="connection"),
    "inbound_message": Page(get=ADMINISTRATORS, of="inbound"),
    "inbound_message_retry": Page(post=ADMINISTRATORS, of="inbound"),
    # The signature, or the secret in the address, is the permission; tests/platforms has it.
    "inbound": Open(),
    "inbound_summary": Open(),
    # imports
    "imports": Page(get=MANAGERS),
    "import_new": Page(get=MANAGERS, post=MANAGERS),
    "import_sample": Page(get=MANAGERS),
    "import_page": Page(get=MANAGERS, of="import"),
    "import_setup": Page(get=MANAGERS, post=MANAGERS, of="trial"),
    "import_preview": Page(post=MANAGERS, of="trial"),
    "import_run": Page(post=MANAGERS, of="trial"),
    "import_discard": Page(post=MANAGERS, of="upload"),
    "import_stop": Page(post=MANAGERS, of="import"),
    "import_refused": Page(get=MANAGERS, of="import"),
    "import_correct": Page(post=MANAGERS, of="import"),
    "import_undo": Page(get=MANAGERS, post=MANAGERS, of="import"),
    # segmentation
    "policies": Page(get=MANAGERS, post=MANAGERS),
    "policy_withdraw": Page(post=MANAGERS, of="policy"),
    "policy_preview": Page(get=MANAGERS),
    "policy_preview_list": Page(post=MANAGERS),
    "grades": Page(get=ANALYSTS),
    "nights": Page(get=MANAGERS),
    # touches
    "worklist": Page(get=EVERYBODY),
    "done_today": Page(get=EVERYBODY),
    "touch_log": Page(get=EVERYBODY, post=EVERYBODY, of="customer"),
    "touch_take_back": Page(post=EVERYBODY, of="touch"),
    "customer_tasks": Page(get=EVERYBODY, of="customer"),
    "task_create": Page(get=EVERYBODY, post=EVERYBODY, of="customer"),
    "task_close": Page(post=EVERYBODY, of="task"),
    "task_move": Page(post=EVERYBODY, of="task"),
    "cadence": Page(get=MANAGERS, post=MANAGERS),
    # campaigns
    "flow_list": Page(get=ANALYSTS),
    "flow_install": Page(post=ANALYSTS),
    "flow_page": Page(get=ANALYSTS, of="flow"),
    "flow_toggle": Page(post=ANALYSTS, of="flow"),
    "flow_settings": Page(get=ANALYSTS, post=ANALYSTS, of="flow"),
    "template_edit": Page(get=ANALYSTS, post=ANALYSTS, of="template"),
    "template_frame": Page(get=ANALYSTS, of="template"),
    "deliveries": Page(get=ANALYSTS),
    "delivery_decide": Page(post=ANALYSTS, of="delivery"),
    "outbox": Page(get=ANALYSTS),
    "outbox_message": Page(get=ANALYSTS, of="outbox"),
    "outbox_frame": Page(get=ANALYSTS, of="outbox"),
    # nps
    "nps_results": Page(get=EVERYBODY),
    "nps_answers": Page(get=EVERYBODY),
    # The signed links of messages are the permission.
    "nps_answer": Open(),
    "unsubscribe": Open(),
    # dashboard
    "definition": Page(get=EVERYBODY),
    "overview": Page(get=ANALYSTS),
    "base_value": Page(get=ANALYSTS),
    "summary": Page(get=MANAGERS),
    "summary_choice": Page(post=MANAGERS),
    "summary_again": Page(post=MANAGERS, of="summary"),
    "ltv": Page(get=ANALYSTS),
    "ltv_backtest": Page(get=ANALYSTS),
    "leaks": Page(get=ANALYSTS),
    "cac": Page(get=ANALYSTS),
    "old_new": Page(get=ANALYSTS),
    "cohorts": Page(get=ANALYSTS),
    "customer_list": Page(get=EVERYBODY),
    "customer_suggestions": Page(get=EVERYBODY),
    "customer_columns": Page(post=EVERYBODY),
    "customer_view_save": Page(post=EVERYBODY),
    # Forgetting somebody else's view does nothing, and does not tell whether there is one.
    "customer_view_forget": Page(post=EVERYBODY, of="view", hides=False),
    "customer_assign": Page(get=MANAGERS, post=MANAGERS),
    "handovers": Page(get=MANAGERS),
    "handover_undo": Page(post=MANAGERS, of="handover"),
    "customer_new": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS),
    "customer_card": Page(get=EVERYBODY, of="customer"),
    "customer_forecast": Page(get=EVERYBODY, of="customer"),
    "customer_timeline": Page(get=EVERYBODY, of="customer"),
    "customer_next_touch": Page(get=EVERYBODY, of="customer"),
    "customer_orders": Page(get=EVERYBODY, of="customer"),
    "customer_messages": Page(get=EVERYBODY, of="customer"),
    "customer_history": Page(get=EVERYBODY, of="customer"),
    "customer_merge": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS, of="customer"),
    "customer_different": Page(post=WITH_CUSTOMERS, of="customer"),
    "duplicates": Page(get=WITH_CUSTOMERS),
    "duplicate_rules": Page(get=MANAGERS, post=MANAGERS),
    "merge_undo": Page(post=WITH_CUSTOMERS, of="merge"),
    # One who was too late is told so, and any other id gets the same answer.
    "customer_take": Page(post=WITH_CUSTOMERS, of="customer", hides=False),
    "customer_edit": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS, of="customer"),
    **dict.fromkeys(
        ("customer_about", "customer_own_fields", "customer_contacts", "customer_people", "customer_places"),
        Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS, of="customer"),
    ),
    "customer_contact": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS, of="card_contact"),
    "customer_contact_remove": Page(post=WITH_CUSTOMERS, of="card_contact"),
    "customer_person": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS, of="card_person"),
    "customer_person_remove": Page(post=WITH_CUSTOMERS, of="card_person"),
    "customer_place": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS, of="card_place"),
    "customer_place_remove": Page(post=WITH_CUSTOMERS, of="card_place"),
    "customer_tag_add": Page(post=WITH_CUSTOMERS, of="customer"),
    "customer_tag_remove": Page(post=WITH_CUSTOMERS, of="card_tag"),
    "customer_consent": Page(get=EVERYBODY, post=WITH_CUSTOMERS, of="customer"),
    "customer_bulk_tag": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS),
    "customer_bulk_done": Page(get=WITH_CUSTOMERS, of="bulk_edit"),
    "customer_bulk_undo": Page(post=WITH_CUSTOMERS, of="bulk_edit"),
    "tag_suggestions": Page(get=EVERYBODY),
    "consent_texts": Page(get=MANAGERS, post=MANAGERS),
    "customer_personal": Page(get=MANAGERS, post=MANAGERS, of="customer"),
    "customer_personal_file": Page(post=MANAGERS, of="customer"),
    "own_fields": Page(get=MANAGERS, post=MANAGERS),
    "own_field": Page(get=MANAGERS, post=MANAGERS, of="own_field"),
    "own_field_move": Page(post=MANAGERS, of="own_field"),
    "x_mark": Page(post=WITH_CUSTOMERS, of="customer"),
    "need_add": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS, of="customer"),
    "need": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS, of="card_need"),
    "need_remove": Page(post=WITH_CUSTOMERS, of="card_need"),
    "capability_options": Page(get=WITH_CUSTOMERS),
    "potential": Page(get=WITH_CUSTOMERS, post=MANAGERS),
    "capability": Page(get=WITH_CUSTOMERS, post=MANAGERS, of="capability"),
    "candidate_dismiss": Page(post=WITH_CUSTOMERS, of="candidate"),
    # market
    "leaving": Page(get=ANALYSTS),
    "leaving_reasons": Page(get=MANAGERS, post=MANAGERS),
    "leaving_reason": Page(get=MANAGERS, post=MANAGERS, of="leaving_reason"),
    "leaving_reason_move": Page(post=MANAGERS, of="leaving_reason"),
    "competitors": Page(get=MANAGERS, post=MANAGERS),
    "competitor": Page(get=MANAGERS, post=MANAGERS, of="competitor"),
    "customer_left": Page(get=WITH_CUSTOMERS, post=WITH_CUSTOMERS, of="customer"),
    "customer_left_undo": Page(post=WITH_CUSTOMERS, of="card_departure"),
    # The signed link is the permission.
    "why": Open(),
    "customer_changes": Page(get=EVERYBODY, of="customer"),
    # The right to export is no role: the people of the test have it.
    "export": Page(get=EVERYBODY, post=EVERYBODY),
    "reading": Page(get=MANAGERS),
    "reading_entries": Page(get=MANAGERS),
    "reading_limits": Page(get=MANAGERS, post=MANAGERS),
    "settings_changes": Page(get=MANAGERS),
    # audiences
    "audience_list": Page(get=EVERYBODY),
    "audience_new": Page(get=EVERYBODY, post=EVERYBODY),
    "audience_page": Page(get=EVERYBODY, post=EVERYBODY, of="audience"),
    "audience_count": Page(post=EVERYBODY),
    "audience_choices": Page(get=EVERYBODY),
    "audience_size": Page(get=EVERYBODY, of="audience"),
    "audience_freeze": Page(post=EVERYBODY, of="audience"),
    "audience_watch": Page(post=EVERYBODY, of="audience"),
    "audience_version": Page(post=EVERYBODY, of="audience_version"),
    "audience_put_away": Page(post=EVERYBODY, of="audience"),
    # API
    "api_schema": Open("GET"),
    "api_docs": Open("GET"),
    "api_orders": Api(get=Scope.ORDERS_READ, post=Scope.ORDERS_WRITE),
    "api_orders_bulk": Api(post=Scope.ORDERS_WRITE),
    "api_order": Api(get=Scope.ORDERS_READ, of="order"),
    "api_customers": Api(get=Scope.CUSTOMERS_READ, post=Scope.CUSTOMERS_WRITE),
    "api_customers_bulk": Api(post=Scope.CUSTOMERS_WRITE),
    "api_customer": Api(get=Scope.CUSTOMERS_READ, patch=Scope.CUSTOMERS_WRITE, of="customer"),
    "api_customer_contacts": Api(get=Scope.CUSTOMERS_READ, post=Scope.CUSTOMERS_WRITE, of="customer"),
    "api_contacts": Api(get=Scope.CUSTOMERS_READ, post=Scope.CUSTOMERS_WRITE),
    "api_contacts_bulk": Api(post=Scope.CUSTOMERS_WRITE),
    "api_consents": Api(get=Scope.CUSTOMERS_READ, post=Scope.CUSTOMERS_WRITE),
    "api_consents_bulk": Api(post=Scope.CUSTOMERS_WRITE),
    "api_products": Api(get=Scope.PRODUCTS_READ, post=Scope.PRODUCTS_WRITE),
    "api_products_bulk": Api(post=Scope.PRODUCTS_WRITE),
    "api_product": Api(get=Scope.PRODUCTS_READ, of="product"),
    "api_categories": Api(get=Scope.PRODUCTS_READ, post=Scope.PRODUCTS_WRITE),
    "api_categories_bulk": Api(post=Scope.PRODUCTS_WRITE),
    "api_obligations": Api(get=Scope.OBLIGATIONS_READ, post=Scope.OBLIGATIONS_WRITE),
    "api_obligations_bulk": Api(post=Scope.OBLIGATIONS_WRITE),
    "api_obligation": Api(get=Scope.OBLIGATIONS_READ, of="obligation"),
    "api_events": Api(get=Scope.EVENTS_READ, post=Scope.EVENTS_WRITE),
    "api_events_bulk": Api(post=Scope.EVENTS_WRITE),
    "api_channels": Api(get=Scope.SPEND_READ, post=Scope.SPEND_WRITE),
    "api_campaigns": Api(get=Scope.SPEND_READ, post=Scope.SPEND_WRITE),
    "api_spend": Api(get=Scope.SPEND_READ, post=Scope.SPEND_WRITE),
    "api_spend_bulk": Api(post=Scope.SPEND_WRITE),
    "api_inquiries": Api(get=Scope.INQUIRIES_READ, post=Scope.INQUIRIES_WRITE),
    "api_inquiries_bulk": Api(post=Scope.INQUIRIES_WRITE),
    "api_audiences": Api(get=Scope.CUSTOMERS_READ),
    "api_audience_members": Api(get=Scope.CUSTOMERS_READ, of="audience"),
    "api_visitor_tokens": Api(post=Scope.EVENTS_WRITE),
    "api_nps_responses": Api(get=Scope.NPS_READ, post=Scope.NPS_WRITE),
    # Log-in and what people do with their own account.
    "account_login": Open(),
    "account_signup": Open(),
    "account_inactive": Open("GET"),
    "account_reset_password": Open(),
    "account_reset_password_done": Open("GET"),
    "account_reset_password_from_key": Open(),
    "account_reset_password_from_key_done": Open("GET"),
    "account_confirm_login_code": Open(),
    "mfa_authenticate": Open(),
    **dict.fromkeys(
        (
            "account_logout",
            "account_reauthenticate",
            "account_change_password",
            "account_set_password",
            "mfa_index",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
        ),
        Mine(),
    ),
}
# The whole of Django's administration stands behind one door, tested by itself.
BEHIND_THE_DOOR = "admin:"
UNKNOWN_API_ADDRESS = "api/v1/<path:rest>"
