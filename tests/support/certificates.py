"""A certificate authority whose certificates only the tests trust."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


class Certificate(NamedTuple):
    """The files of a certificate: its chain and its key, in one file and separately."""

    combined: Path
    chain: Path
    key: Path


class Authority:
    """Issues certificates, whose files it writes to a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Authority of the tests")
        builder = _builder(self._name, self._name, self._key, self._key, is_ca=True)
        certificate = builder.sign(self._key, hashes.SHA256())
        self.bundle = folder / "authority.pem"
        self.bundle.write_bytes(certificate.public_bytes(Encoding.PEM))

    def issue(
        self, *hosts: str, expired: bool = False, self_signed: bool = False
    ) -> Certificate:
        """Return a certificate for host names and IP addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Certificate of the tests")
        issuer, signer = (name, key) if self_signed else (self._name, self._key)
        names = x509.SubjectAlternativeName([_alternative(host) for host in hosts])
        certificate = (
            _builder(name, issuer, key, signer, -_DAY if expired else _DAY)
            .add_extension(names, False)
            .sign(signer, hashes.SHA256())
        )
        chain = certificate.public_bytes(Encoding.PEM)
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        stem = self._folder / f"certificate-{next(self._numbers)}"
        paths = [stem.with_suffix(suffix) for suffix in (".pem", ".crt", ".key")]
        for path, content in zip(paths, (secret + chain, chain, secret), strict=True):
            path.write_bytes(content)
        return Certificate(*paths)

    def server_context(
        self,
        *hosts: str,
        client_required: bool = False,
        expired: bool = False,
        self_signed: bool = False,
    ) -> ssl.SSLContext:
        """Return the TLS settings of a server for hosts, by default for 127.0.0.1.

        With `client_required`, clients need a certificate of this authority.
        """
        hosts = hosts or ("localhost", "127.0.0.1")
        issued = self.issue(*hosts, expired=expired, self_signed=self_signed)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(issued.combined)
        if client_required:
            context.load_verify_locations(self.bundle)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    validity: timedelta = _DAY,
    *,
    is_ca: bool = False,
) -> x509.CertificateBuilder:
    """Start a certificate with the extensions of RFC 5280, section 4.2.1.

    Python 3.13 and later verify with ``VERIFY_X509_STRICT``, which requires them.
    """
    now = datetime.now(UTC)
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    usage = x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder(issuer, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * _DAY)
        .not_valid_after(now + validity)
        .add_extension(x509.BasicConstraints(is_ca, 0 if is_ca else None), True)
        .add_extension(usage, True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False
        )
        .add_extension(issuer_key, False)
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
