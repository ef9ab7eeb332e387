#!/usr/bin/python3
"""Makes the SigV4 vectors of this folder with botocore, an implementation that
is not ours, out of Debian's awscli package.

    make.py generate    signs a set of requests at a fixed moment: NAME.req (the
                        request as on the wire), NAME.creq (canonical request),
                        NAME.sts (string to sign)
    make.py capture     runs /usr/bin/aws against a listener on loopback and
                        saves what it sends: cli-NAME.req

`index` lists all: name, moment (UTC seconds), region, service. The signature
is in the request. Keys are AWS's documentation examples; nothing here is secret.
"""
import datetime
import hashlib
import os
import re
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import awscli.clidriver  # noqa: F401  makes its botocore importable
from awscli.customizations.ec2instanceconnect import eicesigner
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.session import Session

HERE = os.path.dirname(os.path.abspath(__file__))
AKID = 'AKIAIOSFODNN7EXAMPLE'
SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
TOKEN = 'AQoDYXdzEJr//////////wEaDEXAMPLE+token/with=all==the+signs=='
NOW = datetime.datetime(2024, 8, 1, 13, 24, 47)
NOW_S = int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp())
FORM = 'application/x-www-form-urlencoded; charset=utf-8'


class FrozenDatetime(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return NOW


class FrozenModule:
    datetime = FrozenDatetime


def save(name, data):
    with open(os.path.join(HERE, name), 'wb') as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def raw(method, target, headers, body):
    lines = ['%s %s HTTP/1.1' % (method, target)]
    lines += ['%s: %s' % (k, v) for k, v in headers]
    lines.append('Content-Length: %d' % len(body))
    return ('\r\n'.join(lines) + '\r\n\r\n').encode() + body


# name, method, target, service, region, headers besides Host, body, token, form
CASES = [
    ('get-vanilla', 'GET', '/', 'sts', 'us-east-1', [], b'', None),
    ('get-vanilla-query', 'GET', '/?Action=GetCallerIdentity&Version=2011-06-15', 'sts',
     'us-east-1', [], b'', None),
    ('query-order-key', 'GET', '/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1&Param-10=v',
     'sts', 'us-east-1', [], b'', None),
    ('query-order-value', 'GET', '/?a=b&a=a&a=&a=B&A=z&a=%2F', 'sts', 'us-east-1', [], b'',
     None),
    ('query-empty-values', 'GET', '/?flag&Action=Test&empty=&another', 'sts', 'us-east-1', [],
     b'', None),
    ('query-encoded', 'GET', '/?a=%20b%26c%3Dd&tilde=~-._&slash=%2Fx', 'sts', 'us-east-1', [],
     b'', None),
    ('path-relative', 'GET', '/a/b/../c/./d/', 'sts', 'us-east-1', [], b'', None),
    ('path-above-top', 'GET', '/../../x', 'sts', 'us-east-1', [], b'', None),
    ('path-slashes', 'GET', '//a//b///', 'sts', 'us-east-1', [], b'', None),
    ('path-encoded', 'GET', '/a%20b/%E1%88%B4/x%2Fy', 'sts', 'us-east-1', [], b'', None),
    ('path-characters', 'GET', "/-._~!$&'()*+,;=:@", 'sts', 'us-east-1', [], b'', None),
    ('header-folding', 'POST', '/', 'ec2', 'eu-lab-1',
     [('X-Amz-Meta', '   a   b \t c  '), ('Content-Type', FORM)], b'Action=X', None),
    ('header-duplicates', 'POST', '/', 'ec2', 'eu-lab-1',
     [('X-Amz-List', 'z'), ('x-amz-list', '  a   1 '), ('X-AMZ-LIST', '')], b'', None),
    ('header-order', 'POST', '/', 'ec2', 'eu-lab-1',
     [('Zoo', '1'), ('x-amz-b', '2'), ('X-Amz-A', '3'), ('A', '4'), ('x-amz-a1', '5')], b'',
     None),
    ('header-unsigned', 'POST', '/', 'ec2', 'eu-lab-1',
     [('User-Agent', 'Boto'), ('Connection', 'keep-alive'), ('Expect', '100-continue')],
     b'Action=X', None),
    ('post-form', 'POST', '/', 'ec2', 'eu-lab-1', [('Content-Type', FORM)],
     b'Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-0123456789abcdef0', None),
    ('post-json-token', 'POST', '/', 'ec2-instance-connect', 'eu-lab-1',
     [('Content-Type', 'application/x-amz-json-1.1'),
      ('X-Amz-Target', 'AWSEC2InstanceConnectService.SendSSHPublicKey')],
     b'{"InstanceId": "i-0123456789abcdef0"}', TOKEN),
    ('post-binary', 'POST', '/', 'ec2', 'eu-lab-1', [], bytes(range(256)), None),
    ('post-content-sha256', 'POST', '/', 'ec2', 'eu-lab-1',
     [('X-Amz-Content-SHA256', hashlib.sha256(b'Action=X').hexdigest())], b'Action=X', None),
    ('date-header', 'POST', '/', 'ec2', 'eu-lab-1', [('Date', 'replaced by botocore')],
     b'Action=X', None),
    ('iam-other-region', 'POST', '/', 'iam', 'ap-south-1', [('Content-Type', FORM)],
     b'Action=ListUsers&Version=2010-05-08', None),
]


def generate_header(case):
    name, method, target, service, region, headers, body, token = case
    host = '%s.%s.amazonaws.com' % (service, region)
    request = AWSRequest(method=method, url='https://' + host + target, data=body)
    for k, v in headers:
        request.headers.add_header(k, v)
    signer = auth.SigV4Auth(Credentials(AKID, SECRET, token), service, region)
    signer.add_auth(request)
    creq = signer.canonical_request(without_auth(request))
    sts = signer.string_to_sign(request, creq)
    signature = signer.signature(sts, request)
    assert signature in request.headers['Authorization']
    save(name + '.req', raw(method, target, [('Host', host)] + request.headers.items(), body))
    save(name + '.creq', creq)
    save(name + '.sts', sts)
    return '%s %d %s %s' % (name, NOW_S, region, service)


def without_auth(request):
    del_headers = request.headers.get_all('Authorization')
    copy = AWSRequest(method=request.method, url=request.url, data=request.data)
    for k, v in request.headers.items():
        if v not in del_headers:
            copy.headers.add_header(k, v)
    copy.context = request.context
    return copy


def presigned(name, target, service, expires):
    host = service + '.eu-lab-1.amazonaws.com'
    request = AWSRequest(method='GET', url='https://' + host + target)
    auth.SigV4QueryAuth(Credentials(AKID, SECRET), service, 'eu-lab-1',
                        expires=expires).add_auth(request)
    return write_presigned(name, request.url, host, service, None)


def tunnel(name, address, duration, token):
    """A URL from the code of `aws ec2-instance-connect open-tunnel` itself."""
    host = 'eice-0123456789abcdef0.01234567.ec2-instance-connect-endpoint.eu-lab-1.amazonaws.com'
    session = Session()
    session.set_credentials(AKID, SECRET, token)
    session.set_config_variable('region', 'eu-lab-1')
    url = eicesigner.InstanceConnectEndpointRequestSigner(
        session, host, 'eice-0123456789abcdef0', 22, address, duration).get_presigned_url()
    return write_presigned(name, url, host, 'ec2-instance-connect', token)


def write_presigned(name, url, host, service, token):
    signer = auth.SigV4QueryAuth(Credentials(AKID, SECRET, token), service, 'eu-lab-1')
    unsigned = AWSRequest(method='GET', url=re.sub('&X-Amz-Signature=.*', '', url))
    unsigned.context['timestamp'] = NOW.strftime('%Y%m%dT%H%M%SZ')
    creq = signer.canonical_request(unsigned)
    sts = signer.string_to_sign(unsigned, creq)
    assert url.endswith('&X-Amz-Signature=' + signer.signature(sts, unsigned))
    target = url[url.index(host) + len(host):]
    save(name + '.req', raw('GET', target, [('Host', host), ('Upgrade', 'websocket'),
         ('Connection', 'Upgrade'), ('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='),
         ('Sec-WebSocket-Version', '13')], b''))
    save(name + '.creq', creq)
    save(name + '.sts', sts)
    return '%s %d eu-lab-1 %s' % (name, NOW_S, service)


def generate():
    auth.datetime = FrozenModule
    rows = [generate_header(c) for c in CASES]
    rows.append(tunnel('tunnel', '10.0.1.5', None, None))
    rows.append(tunnel('tunnel-ipv6-token', '2001:db8::1', 3600, TOKEN))
    rows.append(presigned('presigned-sts', '/?Action=GetCallerIdentity&Version=2011-06-15',
                          'sts', 604800))
    return rows


CLI = [
    ('describe-instances', 'ec2', ['ec2', 'describe-instances', '--instance-ids',
                                   'i-0123456789abcdef0', 'i-00000000000000001']),
    ('run-instances', 'ec2', ['ec2', 'run-instances', '--image-id', 'ami-0123456789abcdef0',
                              '--instance-type', 't3.micro', '--user-data', '#!/bin/sh\necho 1',
                              '--tag-specifications',
                              'ResourceType=instance,Tags=[{Key=Name,Value=a b+c/d=e&f~\u00e9}]']),
    ('create-tags', 'ec2', ['ec2', 'create-tags', '--resources', 'i-0123456789abcdef0',
                            '--tags', 'Key=stage,Value=', 'Key=a:b,Value=*']),
    ('filters', 'ec2', ['ec2', 'describe-instances', '--filters',
                        'Name=tag:Name,Values=a,b', 'Name=instance-state-name,Values=running']),
    ('send-ssh-public-key', 'ec2-instance-connect',
     ['ec2-instance-connect', 'send-ssh-public-key', '--instance-id', 'i-0123456789abcdef0',
      '--instance-os-user', 'ec2-user', '--ssh-public-key',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f']),
    ('get-caller-identity', 'sts', ['sts', 'get-caller-identity']),
    ('get-caller-identity-token', 'sts', ['sts', 'get-caller-identity']),
    ('list-users', 'iam', ['iam', 'list-users', '--max-items', '5']),
    ('create-user', 'iam', ['iam', 'create-user', '--user-name', 'alice', '--tags',
                            'Key=team,Value=red', 'Key=cost,Value=1']),
    ('lookup-events', 'cloudtrail', ['cloudtrail', 'lookup-events', '--max-items', '1']),
]


def read_request(conn):
    data = b''
    while b'\r\n\r\n' not in data:
        data += conn.recv(65536)
    head, body = data.split(b'\r\n\r\n', 1)
    m = re.search(rb'(?i)\r\ncontent-length: *(\d+)', head)
    while m and len(body) < int(m.group(1)):
        body += conn.recv(65536)
    return head + b'\r\n\r\n' + body


def capture_one(name, service, args):
    listener = socket.create_server(('127.0.0.1', 0))
    got = []

    def serve():
        conn, _ = listener.accept()
        got.append(read_request(conn))
        conn.sendall(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n'
                     b'Connection: close\r\n\r\n')
        conn.close()

    thread = threading.Thread(target=serve)
    thread.start()
    env = {'PATH': '/usr/bin:/bin', 'HOME': '/nonexistent', 'LC_ALL': 'C.UTF-8',
           'AWS_ENDPOINT_URL': 'http://127.0.0.1:%d' % listener.getsockname()[1],
           'AWS_ACCESS_KEY_ID': AKID, 'AWS_SECRET_ACCESS_KEY': SECRET,
           'AWS_REGION': 'eu-lab-1', 'AWS_MAX_ATTEMPTS': '1', 'AWS_EC2_METADATA_DISABLED': 'true'}
    if name.endswith('-token'):
        env['AWS_SESSION_TOKEN'] = TOKEN
    subprocess.run(['/usr/bin/aws'] + args, env=env, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=120)
    thread.join()
    listener.close()
    # User-Agent is not signed; what it says of the machine does not belong here.
    save('cli-%s.req' % name, re.sub(rb'os/linux#\S+', b'os/linux#6.1.0', got[0]))
    stamp = re.search(rb'X-Amz-Date: (\S+)', got[0]).group(1).decode()
    at = datetime.datetime.strptime(stamp + '+0000', '%Y%m%dT%H%M%SZ%z')
    return 'cli-%s %d eu-lab-1 %s' % (name, at.timestamp(), service)


def main():
    index = os.path.join(HERE, 'index')
    old = open(index).read().splitlines() if os.path.exists(index) else []
    captured = sys.argv[1:] == ['capture']
    if not captured and sys.argv[1:] != ['generate']:
        sys.exit(__doc__)
    rows = [capture_one(*c) for c in CLI] if captured else generate()
    keep = [row for row in old if row.startswith('cli-') != captured]
    save('index', '\n'.join(sorted(rows + keep)) + '\n')


main()
