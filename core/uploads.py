"""Files that people send: straight to the disk, and only from people who are logged in."""

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

# The largest file, and what the rest of its form may take besides.
LARGEST_FILE = 1 << 30
REST_OF_FORM = 1 << 20


class ToDisk(FileUploadHandler):
    """Writes a file under FERMA_VAR while it arrives, so that its size costs no memory.

    The file has no name there and is gone with whoever holds it, whatever becomes of the process. Nothing is taken
    from somebody who is not logged in, nor of a request that announces more than the largest file: the view then
    finds no file, and `request.upload_refused`.
    """

    def handle_raw_input(
        self,
        _input_data: Any,
        _meta: dict[str, Any],
        content_length: int,
        _boundary: str,
        _encoding: str | None = None,
    ) -> None:
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated or self.announced > LARGEST_FILE + REST_OF_FORM:
            self.request.upload_refused = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=True)
        super().new_file(*args, **kwargs)
        folder = settings.VAR_DIR / "uploads"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - whoever reads the upload closes it

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset)
