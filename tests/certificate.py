"""A certificate of a test's own."""

from pathlib import Path

import trustme


def certificate(directory: Path, name: str) -> tuple[Path, Path]:
    """The files of a certificate, with the one who signed it, and of its key; `name`: a host or an IP address."""
    signer = trustme.CA()
    made, key = directory / "cert.pem", directory / "key.pem"
    issued = signer.issue_cert(name)
    made.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems) + signer.cert_pem.bytes())
    issued.private_key_pem.write_to_path(str(key))
    return made, key
