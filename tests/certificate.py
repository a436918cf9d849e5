"""A certificate of a test's own, made by openssl."""

import subprocess
from pathlib import Path

from tests.other_programs import found


def certificate(directory: Path, name: str) -> tuple[Path, Path]:
    """The files of a certificate and its key; `name`: whose it is, as `DNS:localhost` or `IP:127.0.0.1`."""
    made, key = directory / "cert.pem", directory / "key.pem"
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    whose = ("-subj", "/CN=till", "-addext", f"subjectAltName={name}")
    subprocess.run(
        [found("openssl"), "req", "-x509", *kind, *whose, "-keyout", key, "-out", made], check=True, capture_output=True
    )
    return made, key
