"""pkikit: makes a signing chain, staples and signed entries without openeic's own code. The
openssl program makes certificates and signatures; OCSP responses are put together here byte by
byte, so that wrong ones can be made too.
"""
import base64
import hashlib
import pathlib
import subprocess
import time

REGION = "eu-test-1"
DOMAIN = "amazonaws.com"
SIGNER_NAME = f"managed-ssh-signer.{REGION}.{DOMAIN}"


def openssl(*argv, data=None):
    done = subprocess.run(["openssl", *[str(a) for a in argv]], input=data, check=False,
                          capture_output=True)
    assert done.returncode == 0, f"openssl {argv}: {done.stderr.decode()}"
    return done.stdout


# ---- DER ----

def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def der_split(data):
    """The elements of data: (tag, whole, body)."""
    out = []
    while data:
        size, head = data[1], 2
        if size & 0x80:
            head = 2 + (size & 0x7f)
            size = int.from_bytes(data[2:head], "big")
        out.append((data[0], data[:head + size], data[head:head + size]))
        data = data[head + size:]
    return out


SHA1 = der(0x30, bytes.fromhex("06052b0e03021a"), b"\x05\x00")
SHA256 = der(0x30, bytes.fromhex("0609608648016503040201"), b"\x05\x00")
SHA256_RSA = der(0x30, bytes.fromhex("06092a864886f70d01010b"), b"\x05\x00")
OCSP_BASIC = bytes.fromhex("06092b0601050507300101")
GOOD, REVOKED, UNKNOWN = "good", "revoked", "unknown"


def der_time(at):
    return der(0x18, time.strftime("%Y%m%d%H%M%SZ", time.gmtime(at)).encode())


class Cert:
    """A certificate with its key, in files."""

    def __init__(self, folder, name):
        self.key, self.crt = folder / f"{name}.key", folder / f"{name}.crt"

    @property
    def pem(self):
        return self.crt.read_text()

    @property
    def der(self):
        return openssl("x509", "-in", self.crt, "-outform", "DER")

    @property
    def sha1(self):
        return hashlib.sha1(self.der).hexdigest().upper()

    def fields(self):
        """serial (whole element), subject (whole), key bits."""
        tbs = der_split(der_split(self.der)[0][2])[0][2]
        items = [i for i in der_split(tbs) if i[0] != 0xa0]
        spki = der_split(items[5][2])
        return items[0][1], items[4][1], spki[1][2][1:]


RSA = "rsa:2048"


class Pki:
    """root > intermediate > signer, in a folder. kind: of the signer's key, RSA or the name
    of a curve."""

    def __init__(self, folder, name="signing", signer=SIGNER_NAME, days=30, san=None,
                 digest="sha256", kind=RSA):
        self.folder, self.digest = pathlib.Path(folder), digest
        self.folder.mkdir(exist_ok=True)
        ca = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
        self.root = self.make("root", f"{name} root", None, ca, days)
        self.intermediate = self.make("intermediate", f"{name} intermediate", self.root, ca,
                                      days)
        self.signer = self.make(
            "signer", signer, self.intermediate,
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            f"extendedKeyUsage=serverAuth\nsubjectAltName=DNS:{san or signer}\n", days, kind)

    def make(self, name, common_name, issuer, extensions, days, kind=RSA):
        cert = Cert(self.folder, name)
        conf, csr = self.folder / f"{name}.cnf", self.folder / f"{name}.csr"
        conf.write_text("[req]\ndistinguished_name=dn\n[dn]\n[ext]\n"
                        "subjectKeyIdentifier=hash\n" + extensions +
                        ("authorityKeyIdentifier=keyid\n" if issuer else ""))
        key = [kind] if kind == RSA else ["ec", "-pkeyopt", f"ec_paramgen_curve:{kind}"]
        cert.rsa = kind == RSA
        openssl("req", "-new", "-newkey", *key, "-nodes", "-keyout", cert.key, "-out", csr,
                "-subj", f"/CN={common_name}", "-config", conf)
        how = ["-CA", issuer.crt, "-CAkey", issuer.key] if issuer else ["-signkey", cert.key]
        openssl("x509", "-req", "-in", csr, "-out", cert.crt, "-days", days, f"-{self.digest}",
                "-set_serial", int.from_bytes(hashlib.sha256(str(cert.crt).encode())
                                              .digest()[:8], "big") >> 1,
                "-extfile", conf, "-extensions", "ext", *how)
        return cert

    @property
    def chain(self):
        return self.signer.pem + self.intermediate.pem + self.root.pem

    def staple(self, cert, issuer, status=GOOD, this=-60, until=3600, signer=None, digest=SHA1,
               about=None):
        """An OCSPResponse (RFC 6960); times in seconds from now."""
        now = int(time.time())
        serial = (about or cert).fields()[0]
        _, name, key = issuer.fields()
        hasher = hashlib.sha1 if digest == SHA1 else hashlib.sha256
        cert_id = der(0x30, digest, der(0x04, hasher(name).digest()),
                      der(0x04, hasher(key).digest()), serial)
        states = {GOOD: b"\x80\x00", UNKNOWN: b"\x82\x00",
                  REVOKED: der(0xa1, der_time(now - 3600))}
        single = der(0x30, cert_id, states[status], der_time(now + this),
                     der(0xa0, der_time(now + until)) if until is not None else b"")
        tbs = der(0x30, der(0xa1, name), der_time(now), der(0x30, single))
        sig = openssl("dgst", "-sha256", "-sign", (signer or issuer).key, data=tbs)
        basic = der(0x30, tbs, SHA256_RSA, der(0x03, b"\0", sig))
        return der(0x30, b"\x0a\x01\x00",
                   der(0xa0, der(0x30, OCSP_BASIC, der(0x04, basic))))

    def staples(self, **wrong):
        """Name > base 64, for every certificate; wrong is for the leaf's."""
        made = {self.signer.sha1: self.staple(self.signer, self.intermediate, **wrong),
                self.intermediate.sha1: self.staple(self.intermediate, self.root),
                self.root.sha1: self.staple(self.root, self.root)}
        return {name: base64.b64encode(d).decode() for name, d in made.items()}

    def entry(self, instance, key, until=60, request="req-1", salt=32, signer=None,
              caller="arn:aws:iam::123456789012:root", change=None, user="ec2-user"):
        """A signed entry of the active-keys document. change: what becomes of the signature.
        user: None for an entry without the line."""
        text = (f"#Timestamp={int(time.time()) + until}\n#Instance={instance}\n"
                f"#Caller={caller}\n#Request={request}\n"
                f"{f'#User={user}' + chr(10) if user is not None else ''}{key.strip()}\n")
        signer = signer or self.signer
        pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", f"rsa_pss_saltlen:{salt}",
               "-sigopt", "rsa_mgf1_md:sha256"] if signer.rsa else []
        sig = openssl("dgst", "-sha256", "-sign", signer.key, *pss, data=text.encode())
        sig = change(sig) if change else sig
        return text + base64.b64encode(sig).decode() + "\n"


def ssh_key(folder, name, kind="ed25519"):
    """A new key pair: (public line, fingerprint)."""
    path = pathlib.Path(folder) / name
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", path],
                   check=True)
    out = subprocess.run(["ssh-keygen", "-l", "-f", f"{path}.pub"], check=True,
                         capture_output=True, text=True).stdout
    return pathlib.Path(f"{path}.pub").read_text().strip(), out.split()[1]
