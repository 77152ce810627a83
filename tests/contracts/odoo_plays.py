"""Which recorded case is played in which scene and what must be true after, and which are not played and why."""

from __future__ import annotations

from tests.contracts.odoo_goods import (
    backorder,
    backorder_values,
    bill,
    delivery,
    delivery_move,
    forced,
    lot_named,
    scrap,
    tracked_line,
    tracked_receipt,
)
from tests.contracts.odoo_scenes import (
    Play,
    activity,
    activity_values,
    archived_low,
    conflict,
    conflict_values,
    count,
    draft_and_confirmed,
    locked_line,
    lot,
    lot_values,
    lot_values_again,
    many_sales,
    new_quant,
    nothing,
    purchase,
    received,
    sale,
    stock_moves,
    tracked_count,
    transfer,
    two_counts,
    two_sales,
)

_CONFIRM = ("puru", "button_confirm")
_APPROVE = ("purm", "button_approve")
_CANCEL = ("puru", "button_cancel")
_LOCK = ("bot", "lock")
_SELL = ("saleu", "action_confirm")
_DROP = ("saleu", "action_cancel")
_APPLY = ("bot", "action_apply_inventory")

_ENVELOPE = """version string_id no_id missing_params params_missing_args malformed_json empty_body json_batch
json_not_object get_jsonrpc wrong_content_type unknown_path unknown_service unknown_service_method health health_head
db_list db_exist db_exist_no db_server_version deeplink_mail_view j2_web_version auth_ok auth_api_key
auth_api_key_of_other_user auth_unknown_login auth_wrong_db auth_wrong_password auth_empty_password auth_cooldown
exec_api_key_with_other_uid exec_during_cooldown exec_method_missing_args exec_wrong_db exec_wrong_password
exec_wrong_uid access_error_model access_error_record_rule access_error_settings access_error_write
unknown_model unknown_method none_result_jsonrpc redirect_warning read_missing_id read_missing_id_nonstored
read_ok_empty_values write_missing_id unlink_missing_id method_on_missing_id message_post_missing
create_missing_required create_not_null_violation unique_violation validation_error"""
_ON_TWO_SALES = """read_mixed_missing read_datetime_after bad_kwarg too_few_args private_method search_count
search_bad_domain_field search_bad_domain_op search_bad_domain_shape search_bad_order search_read_bad_field
search_read_context_lang_tz write_bad_field write_bad_type write_missing_fk write_bad_datetime write_datetime_iso_T
write_datetime_usec"""
_POSTS = """message_post_plain message_post_html_flag message_post_note_subtype message_post_comment_subtype
message_post_notification_type message_post_author_other message_post_empty message_post_attachment_ids
message_post_attachments_tuple message_post_by_low"""

_PURCHASES = {
    "po_confirm_onestep_puru": Play(purchase(4600, limit=None), {"state": "purchase", "picking_ids": bool}),
    "po_confirm_two_step_below_puru": Play(purchase(460), {"state": "purchase"}),
    "po_confirm_two_step_above_puru": Play(purchase(4600), {"state": "to approve", "picking_ids": []}),
    "po_confirm_above_by_manager": Play(purchase(4600), {"state": "purchase"}),
    "po_confirm_twice": Play(purchase(460, _CONFIRM), {"state": "purchase"}),
    "po_confirm_cancelled": Play(purchase(460, _CANCEL), {"state": "cancel"}),
    "po_approve_by_purm": Play(purchase(4600, _CONFIRM), {"state": "purchase", "date_approve": bool}),
    "po_approve_by_puru": Play(purchase(4600, _CONFIRM), {"state": "to approve", "date_approve": False}),
    "po_approve_force_by_puru": Play(purchase(4600, _CONFIRM), {"state": "to approve"}),
    "po_approve_low": Play(purchase(4600, _CONFIRM), {"state": "to approve"}),
    "po_approve_draft_directly_by_purm": Play(purchase(4600), {"state": "purchase"}),
    "po_approve_draft_directly_by_puru": Play(purchase(4600), {"state": "draft"}),
    "po_approve_cancelled": Play(purchase(4600, _CONFIRM, _CANCEL), {"state": "purchase", "picking_ids": bool}),
    "po_approve_twice": Play(purchase(4600, _CONFIRM, _APPROVE), {"state": "purchase"}),
    "po_cancel_confirmed": Play(purchase(460, _CONFIRM), {"state": "cancel"}),
    "po_cancel_to_approve_puru": Play(purchase(4600, _CONFIRM), {"state": "cancel"}),
    "po_cancel_twice": Play(purchase(460, _CANCEL), {"state": "cancel"}),
    "po_cancel_received": Play(
        purchase(460, _CONFIRM, received), after_18={"state": "purchase"}, after_19={"state": "cancel"}
    ),
    "po_cancel_locked": Play(
        purchase(460, _CONFIRM, _LOCK), after_18={"state": "cancel"}, after_19={"state": "purchase", "locked": True}
    ),
    "po_draft": Play(purchase(460, _CANCEL), {"state": "draft"}),
    "po_lock": Play(
        purchase(460, _CONFIRM), after_18={"state": "done"}, after_19={"state": "purchase", "locked": True}
    ),
    "po_unlock": Play(purchase(460, _CONFIRM, _LOCK), {"state": "purchase"}, after_19={"locked": False}),
    "po_rfq_send_wizard": Play(purchase(460), {"state": "draft"}),
}
_SALES = {
    "so_confirm_bot": Play(sale(10), {"state": "sale", "picking_ids": bool}),
    "so_confirm_saleall": Play(sale(10), {"state": "sale"}),
    "so_confirm_over_credit_limit": Play(sale(90_000), {"state": "sale"}),
    "so_confirm_empty_lines": Play(sale(None), {"state": "sale", "picking_ids": []}),
    "so_confirm_twice": Play(sale(10, _SELL), {"state": "sale"}),
    "so_confirm_cancelled": Play(sale(10, _DROP), {"state": "cancel"}),
    "so_confirm_many_one_bad": Play(draft_and_confirmed, {"state": "draft"}),
    "so_confirm_low": Play(sale(10), {"state": "draft"}),
    "so_confirm_saleu_not_own": Play(sale(10, salesperson="salem"), {"state": "draft"}),
    "so_cancel_draft": Play(sale(10), {"state": "cancel"}),
    "so_cancel_confirmed_no_ctx": Play(sale(10, _SELL), after_18={"state": "sale"}, after_19={"state": "cancel"}),
    "so_cancel_confirmed_ctx": Play(sale(10, _SELL), {"state": "cancel"}),
    "so_cancel_twice": Play(sale(10, _DROP), {"state": "cancel"}),
    "so_cancel_locked": Play(sale(10, _SELL, ("saleu", "action_lock")), {"state": "sale"}),
    "so_draft_after_cancel": Play(sale(10, _DROP), {"state": "draft"}),
    "so_lock": Play(sale(10, _SELL), {"locked": True}),
    "so_lock_confirm": Play(sale(10), {"state": "sale"}),
    "so_unlock": Play(sale(10, _SELL, ("saleu", "action_lock")), {"locked": False}),
    "so_send_wizard": Play(sale(10), {"state": "draft"}),
    "so_unlink_confirmed": Play(sale(10, _SELL), {"state": "sale"}),
    "so_write_locked_line": Play(locked_line, {"amount_total": 100.0}),
    "so_write_state_directly": Play(sale(10), {"state": "sale", "picking_ids": []}),
    "none_result_xmlrpc_pre": Play(sale(10), {"locked": True}),
}
_COUNTS = {
    "quant_set_inventory_quantity_bot": Play(
        count(70, None), {"inventory_quantity": 72.0, "inventory_diff_quantity": 2.0, "inventory_quantity_set": True}
    ),
    "quant_set_inventory_quantity_stocku": Play(count(77, None), {"inventory_diff_quantity": -7.0}),
    "quant_set_for_conflict": Play(count(77, None), {"inventory_diff_quantity": -27.0, "is_outdated": False}),
    "quant_apply_bot": Play(count(70, 72), {"quantity": 72.0, "inventory_quantity_set": False}),
    "quant_apply_stocku": Play(count(77, 70), {"quantity": 70.0, "inventory_quantity": 0.0}),
    "quant_apply_low": Play(count(77, 70), {"quantity": 77.0, "inventory_quantity_set": True}),
    "quant_apply_again_nothing_set": Play(
        count(70, 72, _APPLY), after_18={"quantity": 72.0}, after_19={"quantity": 0.0}
    ),
    "quant_apply_conflict": Play(count(77, 50, stock_moves), {"quantity": 74.0, "is_outdated": True}),
    "quant_apply_tracked_no_lot": Play(tracked_count, after_18={"quantity": 0.0}, after_19={"quantity": 1.0}),
    "quant_conflict_wizard_create": Play(conflict_values),
    "quant_conflict_keep_counted": Play(conflict, {"quantity": 50.0, "inventory_quantity_set": False}),
    "quant_clear": Play(two_counts, {"inventory_quantity_set": False, "inventory_diff_quantity": 0.0}),
    "quant_create_inventory_mode": Play(new_quant(counted=1), {"inventory_quantity_set": True}),
    "quant_create_no_mode": Play(new_quant(counted=3), {"inventory_quantity_set": False, "inventory_quantity": 3.0}),
    "quant_create_by_stocku": Play(new_quant(counted=3), {"quantity": 0.0}),
    "quant_write_quantity_direct": Play(count(70, None), {"quantity": 77.0}),
}
_OTHERS = {
    "auth_archived_user": Play(archived_low),
    "search_read": Play(many_sales),
    "search_read_or_domain": Play(many_sales),
    "write_bad_selection": Play(transfer, {"move_type": "direct"}),
    "message_post_on_picking_by_stocku": Play(transfer),
    "message_post_two_records": Play(draft_and_confirmed),
    "message_post_by_saleu_foreign_doc": Play(sale(10, salesperson="salem")),
    "activity_create": Play(activity_values, {"res_model": "sale.order"}),
    "activity_create_assignee_without_access": Play(activity_values),
    "activity_action_feedback": Play(activity(), after_19={"active": False, "state": "done", "feedback": bool}),
    "activity_feedback_twice": Play(activity(("bot", "action_feedback"))),
    "activity_feedback_schema_action_done": Play(activity()),
    "activity_unlink": Play(activity()),
    "lot_create": Play(lot_values, {"name": "LOT-XYZ"}),
    "lot_create_duplicate": Play(lot_values_again),
    "lot_write_note": Play(lot, {"note": "<p>hold</p>"}),
}

_VALIDATE = ("stocku", "button_validate")
_DROPPED = ("stocku", "action_cancel")
_TRANSFERS = {
    "pick_assign": Play(delivery(in_stock=10), {"state": "assigned"}),
    "pick_assign_no_stock": Play(delivery(in_stock=0), {"state": "confirmed"}),
    "pick_cancel": Play(delivery(in_stock=10), {"state": "cancel"}),
    "pick_cancel_twice": Play(delivery(_DROPPED, in_stock=10), {"state": "cancel"}),
    "pick_cancel_done": Play(delivery(_VALIDATE, in_stock=10), {"state": "done"}),
    "pick_set_move_qty": Play(delivery_move(in_stock=10), {"quantity": 4.0}),
    "pick_delivery_validate_full": Play(delivery(in_stock=10), {"state": "done", "date_done": bool}),
    "pick_validate_cancelled": Play(delivery(_DROPPED, in_stock=10), {"state": "cancel"}),
    "pick_validate_no_qty": Play(delivery(in_stock=0), {"state": "confirmed"}),
    "pick_validate_low": Play(delivery(in_stock=10), {"state": "assigned"}),
    "pick_validate_puru": Play(delivery(in_stock=10), after_18={"state": "done"}, after_19={"state": "assigned"}),
    "pick_validate_saleu": Play(delivery(in_stock=10), {"state": "done"}),
    "pick_validate_twice": Play(delivery(_VALIDATE, in_stock=10), {"state": "done"}),
    "pick_validate_partial_backorder_wizard": Play(delivery(in_stock=4), {"state": "assigned"}),
    "pick_validate_partial_cancel_backorder_ctx": Play(delivery(in_stock=4, named_in_context=True), {"state": "done"}),
    "pick_validate_partial_skip_backorder_ctx": Play(delivery(in_stock=4), {"state": "done"}),
    "pick_validate_forced_negative_stock": Play(delivery(forced, in_stock=0), {"state": "done"}),
    "pick_validate_tracked_no_lot": Play(tracked_receipt(), {"state": "assigned"}),
    "pick_validate_tracked_with_lot": Play(tracked_receipt(lot_named), {"state": "done"}),
    "moveline_set_lot_name": Play(tracked_line, {"lot_name": "LOT-001"}),
    "move_force_quantity_without_stock": Play(delivery_move(in_stock=0), {"quantity": 5.0}),
    "done_move_change_qty": Play(delivery_move(_VALIDATE, in_stock=10), {"quantity": 3.0, "state": "done"}),
    "backorder_wizard_create": Play(backorder_values),
    "backorder_wizard_process": Play(backorder, {"state": "done"}),
}
_SCRAPS = {
    "scrap_validate": Play(scrap(in_stock=10), {"state": "done"}),
    "scrap_validate_stocku": Play(scrap(in_stock=1), {"state": "draft"}),
    "scrap_validate_twice": Play(scrap(("stocku", "action_validate"), in_stock=10), {"state": "done", "name": bool}),
    "scrap_validate_insufficient_wizard": Play(scrap(in_stock=1), {"state": "draft"}),
    "scrap_tracked_no_lot": Play(scrap(in_stock=0), {"state": "draft"}),
    "scrap_do_scrap_force": Play(scrap(in_stock=1), {"state": "done"}),
    "scrap_zero_qty": Play(scrap(in_stock=10, quantity=0.0), {"state": "draft"}),
}
_POST = ("accu", "action_post")
_BILLS = {
    "bill_post": Play(bill(), {"state": "posted", "name": bool}),
    "bill_duplicate_ref_post": Play(bill(), {"state": "posted"}),
    "bill_post_no_date": Play(bill(dated=False), {"state": "draft"}),
    "bill_post_twice": Play(bill(_POST), {"state": "posted"}),
    "bill_cancel_draft": Play(bill(), {"state": "cancel"}),
    "bill_cancel_posted": Play(bill(_POST), {"state": "cancel"}),
    "bill_draft": Play(bill(_POST, ("accu", "button_cancel")), {"state": "draft"}),
    "invoice_post_accu": Play(bill(kind="out_invoice"), {"state": "posted"}),
    "invoice_post_future_date": Play(bill(kind="out_invoice"), {"state": "posted"}),
    "invoice_post_low": Play(bill(kind="out_invoice"), {"state": "draft"}),
    "invoice_post_salem": Play(bill(kind="out_invoice"), {"state": "draft"}),
}
_AT_THE_DOOR = """j2_apikey_generate j2_apikeys_list j2_array_body j2_bad_field j2_bad_kwarg j2_create_dict
j2_create_list j2_empty_body j2_form j2_get j2_ids_on_model_method j2_malformed j2_missing_arg j2_no_auth
j2_no_ids_on_record_method j2_private j2_read_missing j2_unknown_method j2_unknown_model j2_validation_error
j2_write_missing j2_wrong_db_header"""
_JSON_2 = {
    **dict.fromkeys(_AT_THE_DOOR.split(), Play(nothing)),
    **dict.fromkeys(("j2_context", "j2_no_db_header", "j2_search_read"), Play(two_sales)),
    "j2_read": Play(sale(10)),
    "j2_write": Play(sale(10), {"client_order_ref": "j2"}),
    "j2_message_post": Play(sale(10)),
    "j2_method_confirm": Play(sale(10), {"state": "sale"}),
    "j2_user_error": Play(sale(10, _SELL), {"state": "sale"}),
    "j2_none_result": Play(sale(10, _SELL), {"locked": True}),
    "j2_none_result2": Play(sale(10, _SELL, ("saleu", "action_lock")), {"locked": False}),
}

PLAYS: dict[str, Play] = {
    **dict.fromkeys(_ENVELOPE.split(), Play(nothing)),
    **dict.fromkeys(_ON_TWO_SALES.split(), Play(two_sales)),
    **dict.fromkeys(_POSTS.split(), Play(sale(10))),
    **_PURCHASES,
    **_SALES,
    **_COUNTS,
    **_TRANSFERS,
    **_SCRAPS,
    **_BILLS,
    **_OTHERS,
    **_JSON_2,
}

NOT_PLAYED: dict[str, str] = {
    "recorded with the key of another user, which no recording holds; played with its own in odoo_manners": """
        j2_access_error j2_bad_key j2_password_as_key""",
    "an administrator's own actions, and a race that needs two servers": "j2_ser_failure j2_serialization_failure",
    "no activity_schedule": "j2_action_schedule",
    "the web client's own routes and sessions": """deeplink deeplink18 version_http_webclient web_session_authenticate
        login_ok login_wrong call_kw_no_session call_kw_no_session_bearer apikey_web_1_create_description
        apikey_web_2_make_key_asks_identity apikey_web_3_write_password apikey_web_4_run_check
        apikey_generate_private_rpc apikey_make_key_over_jsonrpc apikey_wizard_create_rpc""",
    "no invoicing of orders": "so_create_invoices_wizard_needed user_error",
    "no full product categories": "create_missing_required2 fields_get fk_violation_unlink",
    "attachments are not kept": """attachment_bad_b64 attachment_by_low_on_so attachment_create attachment_html_by_bot
        attachment_list_create attachment_missing_res attachment_raw attachment_read_datas""",
    "rules are made by test_odoo_setup": """automation_create_by_bot automation_create_on_create
        automation_create_on_time automation_create_on_webhook automation_create_on_write
        automation_create_save_all_fields automation_create_save_trg_state automation_create_state_set
        automation_create_unlink automation_create_webhook onwebhook_approve onwebhook_approve_again onwebhook_bad_uuid
        onwebhook_boom onwebhook_empty onwebhook_get_args onwebhook_missing_record onwebhook_ok
        onwebhook_other_model""",
    "no custom fields and models": """custom_field_bad_name custom_field_create_by_admin custom_field_create_by_bot
        custom_field_datetime custom_field_duplicate custom_field_read custom_field_selection custom_field_unlink
        custom_field_write custom_field_write_bad_selection custom_model_acl custom_model_create custom_model_rec
        custom_model_rec_dup""",
    "activities are made by create, not scheduled": "activity_schedule activity_feedback_by_other_user",
    "asked of a server action there; test_a_lost_race_ends_as_recorded plays it here": "serialization_failure_final",
}
