"""Writing what known customers did on the company's site."""

import json

import numpy as np

from customers.models import TimelineEvent
from demo.actions.copying import copy_columns
from demo.actions.story import Story
from demo.rules.visiting import draw_visitors, draw_visits


def write_visits(story: Story) -> None:
    """Append the visits of the last months to the timelines of some customers."""
    rng = story.stream("visits")
    since = story.purchases.moment[story.first].astype(np.int64)
    seen = [
        each
        for customer in draw_visitors(rng, since).tolist()
        for each in draw_visits(rng, customer, int(since[customer]), story.end)
    ]
    copy_columns(
        TimelineEvent,
        len(seen),
        customer_id=[each.customer + 1 for each in seen],
        kind=[each.kind for each in seen],
        at=story.clock.texts(np.array([each.moment for each in seen], dtype=np.int64)),
        data=[json.dumps(each.data, ensure_ascii=False) for each in seen],
        key=[f"visit:{each.customer + 1}:demo{number:08d}" for number, each in enumerate(seen)],
    )
