"""apikit: calls of a lab's API without a client, on connections that stay open: for tests that
count and time them. The lab's own key signs them."""
import base64
import datetime
import hashlib
import hmac
import http.client
import json
import struct
import urllib.parse

IAM, STS, CONNECT = "iam", "sts", "ec2-instance-connect"
VERSIONS = {IAM: "2010-05-08", STS: "2011-06-15"}


def public_key(i):
    blob = b"".join(struct.pack(">I", len(f)) + f
                    for f in (b"ssh-ed25519", hashlib.sha256(b"%d" % i).digest()))
    return "ssh-ed25519 " + base64.b64encode(blob).decode()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed(env, service, headers, body):
    """The headers, with those of SigV4."""
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    scope = f"{day}/{env['AWS_REGION']}/{service}/aws4_request"
    headers = {**headers, "x-amz-date": stamp}
    names = ";".join(sorted(headers))
    canonical = "\n".join(["POST", "/", "", *(f"{k}:{headers[k]}" for k in sorted(headers)), "",
                           names, hashlib.sha256(body.encode()).hexdigest()])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                         hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + env["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in scope.split("/"):
        key = mac(key, part)
    return {**headers, "authorization":
            f"AWS4-HMAC-SHA256 Credential={env['AWS_ACCESS_KEY_ID']}/{scope}, "
            f"SignedHeaders={names}, Signature={mac(key, to_sign).hex()}"}


def push_request(instance, i):
    """Headers and body of the push of one key, for one of a hundred users."""
    return {"content-type": "application/x-amz-json-1.1",
            "x-amz-target": "AWSEC2InstanceConnectService.SendSSHPublicKey"}, json.dumps(
        {"InstanceId": instance, "InstanceOSUser": f"u{i % 100}", "SSHPublicKey": public_key(i)})


class Client:
    """One connection."""

    def __init__(self, lab, ctx):
        self.env, self.host = lab.env, f"127.0.0.1:{lab.port}"
        self.connection = http.client.HTTPSConnection("127.0.0.1", lab.port, context=ctx)

    def close(self):
        self.connection.close()

    def request(self, service, headers, body):
        """Status and text of the answer."""
        self.connection.request("POST", "/", body, signed(
            self.env, service, {**headers, "host": self.host}, body))
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()

    def query(self, service, **parameters):
        body = urllib.parse.urlencode({"Version": VERSIONS[service], **parameters})
        return self.request(service, {
            "content-type": "application/x-www-form-urlencoded; charset=utf-8"}, body)

    def call(self, service=IAM, **parameters):
        status, text = self.query(service, **parameters)
        assert status == 200, (status, text)
        return text

    def push(self, instance, i):
        status, text = self.request(CONNECT, *push_request(instance, i))
        assert status == 200, (status, text)
        return json.loads(text)["RequestId"]
