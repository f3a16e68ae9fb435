"""What the scheduler asks for, and how often (seconds). What waits longer than `expires` is dropped: the next comes."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "crm.heartbeat", "schedule": 15.0, "options": {"expires": 30}},
    "refresh-stale": {"task": "segmentation.refresh_stale", "schedule": 20.0, "options": {"expires": 60}},
    "follow-audiences": {"task": "segmentation.follow_audiences", "schedule": 20.0, "options": {"expires": 60}},
    "enrol-by-day": {"task": "campaigns.enrol_by_day", "schedule": 60.0, "options": {"expires": 120}},
    "advance-flows": {"task": "campaigns.advance_flows", "schedule": 20.0, "options": {"expires": 60}},
    "send-due": {"task": "campaigns.send_due", "schedule": 10.0, "options": {"expires": 60}},
    "follow-promises": {"task": "touches.follow_promises", "schedule": 60.0, "options": {"expires": 120}},
    "follow-inquiries": {"task": "touches.follow_inquiries", "schedule": 60.0, "options": {"expires": 120}},
    "look-for-duplicates": {"task": "customers.look_for_duplicates", "schedule": 60.0, "options": {"expires": 120}},
    "run-imports": {"task": "customers.run_imports", "schedule": 5.0, "options": {"expires": 10}},
    "forget-files": {"task": "customers.forget_files", "schedule": 3600.0, "options": {"expires": 600}},
    "platforms-tick": {"task": "platforms.tick", "schedule": 20.0, "options": {"expires": 60}},
    "nps-tick": {"task": "nps.tick", "schedule": 60.0, "options": {"expires": 120}},
    "webforms-forget": {"task": "webforms.forget", "schedule": 3600.0, "options": {"expires": 600}},
    "send-summaries": {"task": "dashboard.send_summaries", "schedule": 60.0, "options": {"expires": 120}},
    "webhooks-send-due": {"task": "webhooks.send_due", "schedule": 10.0, "options": {"expires": 60}},
    # Looks whether the night is due, so that neither a lost message nor a machine that slept skips one.
    "nightly": {"task": "crm.nightly", "schedule": 60.0, "options": {"expires": 90}},
}
