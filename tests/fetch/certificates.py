"""Certificates made for a test: an authority of its own, and servers it vouches for or not."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Authority:
    """Signs certificates; ``path`` is the file by which clients trust it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests")])
        constraint = x509.BasicConstraints(ca=True, path_length=0)
        made = self._builder(self._name, self._key, -DAY, DAY).add_extension(constraint, True)
        self.path = self._write("authority.pem", made.sign(self._key, hashes.SHA256()))

    def context(
        self, host: str, begins: timedelta = -DAY, ends: timedelta = DAY, *, signed: bool = True
    ) -> ssl.SSLContext:
        """What a server for ``host`` speaks with; validity counts from now. Without ``signed``
        it vouches for itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        builder = self._builder(name, key, begins, ends, self._name if signed else name)
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        made = builder.add_extension(names, False).sign(
            self._key if signed else key, hashes.SHA256()
        )
        number = made.serial_number
        chain = self._write(f"{number}.pem", made)
        secret = self._directory / f"{number}.key"
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, secret)
        return context

    def _builder(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        begins: timedelta,
        ends: timedelta,
        issuer: x509.Name | None = None,
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return x509.CertificateBuilder(
            issuer_name=issuer or self._name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now + begins,
            not_valid_after=now + ends,
        )

    def _write(self, name: str, certificate: x509.Certificate) -> Path:
        path = self._directory / name
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path
