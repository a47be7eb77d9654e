"""Whether the service is alive, and whether it has a release to serve."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, json

from mapsvc.errors import MapsvcError
from mapsvc.release.store import CurrentRelease
from mapsvc.web.headers import NO_STORE

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """Answer as long as the process does."""
    return _told({"status": "alive"}, 200)


@bp.get("/readyz")
def ready() -> Response:
    """Answer 200 with the release that is open and verified, 503 where there is none.

    ``fault`` says why a newer release could not take its place.
    """
    current: CurrentRelease = current_app.config["CURRENT_RELEASE"]
    try:
        release = current.get()
        title = release.catalogue["title"]
    except (MapsvcError, OSError) as error:
        fault = str(error) if isinstance(error, MapsvcError) else "The release cannot be read."
        return _told({"status": "not ready", "fault": fault}, 503)
    answer = {"status": "ready", "release": release.id, "title": title}
    if current.fault:
        answer["fault"] = current.fault
    return _told(answer, 200)


def _told(answer: dict[str, str], status: int) -> Response:
    response = Response(json.dumps(answer), status, content_type="application/json")
    response.headers["Cache-Control"] = NO_STORE
    return response
