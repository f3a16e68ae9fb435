"""Rows from files: what may be in them, how they are read, and what works them off."""

from customers.actions.imports import own_kinds  # registers the kinds of this app
from customers.actions.imports.files import forget_files, refused_path
from customers.actions.imports.jobs import (
    correct,
    preview,
    refused_file,
    shape,
    start,
    stop,
    undo_import,
    upload,
)
from customers.actions.imports.kinds import KINDS, ImportKind, RowResult, Target, Telling, kind_of, register
from customers.actions.imports.mapping import Mapping, load_mapping, parse_mapping
from customers.actions.imports.portions import Assignment, work
from customers.actions.imports.previews import Preview, PreviewRow
from customers.actions.imports.report import Refusal, Report
from customers.actions.imports.running import run_due
from customers.actions.imports.shapes import Shape

__all__ = [
    "KINDS",
    "Assignment",
    "ImportKind",
    "Mapping",
    "Preview",
    "PreviewRow",
    "Refusal",
    "Report",
    "RowResult",
    "Shape",
    "Target",
    "Telling",
    "correct",
    "forget_files",
    "kind_of",
    "load_mapping",
    "own_kinds",
    "parse_mapping",
    "preview",
    "refused_file",
    "refused_path",
    "register",
    "run_due",
    "shape",
    "start",
    "stop",
    "undo_import",
    "upload",
    "work",
]
