"""clikit: runs the installed AWS CLI, but loads its modules only once for many commands.

Most of a command's time goes into loading Python modules. Here a process that has loaded
them makes a child for each command, which runs the CLI's own main() with the arguments,
environment and streams of that command. That process is `PYTHON clikit.py FD`; it gets its
requests over the socket FD.
"""
import array
import contextlib
import importlib
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import threading

AWS = "/usr/bin/aws"
# What a shell runs as `aws`: hands its arguments and streams over, waits for the status.
STAND_IN = """#!/usr/bin/python3 -IS
import array, json, os, socket, struct, sys
r, w = os.pipe()
request = {{"args": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd()}}
socket.socket(fileno={fd}).sendmsg([json.dumps(request).encode()],
    [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1, 2, w]))])
os.close(w)
said = os.fdopen(r, "rb").read()
sys.exit(struct.unpack("ii", said)[1] if len(said) == 8 else 1)
"""


class Cli:
    """The process with the modules; run() may be called by several threads."""

    def __init__(self, home=None):
        self.lock, self.sock, self.process = threading.Lock(), None, None
        self.home = home or os.environ.get("HOME")  # modules look for it when they are loaded

    @staticmethod
    def alone(args, env, timeout):
        """The command as a process of its own."""
        return subprocess.run([AWS, *args], env=env, timeout=timeout, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)

    @staticmethod
    def python():
        """What /usr/bin/aws is run by; None when it is not a program for Python."""
        with open(AWS, "rb") as f:
            first = f.readline().decode(errors="replace").strip()
        return first[2:] if first.startswith("#!") and "python" in first else None

    def start(self):
        """False where the CLI is no Python program, and has to be run as it is."""
        python = self.python()
        if python is None:
            return False
        self.sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [*python.split(), pathlib.Path(__file__).resolve(), str(theirs.fileno())],
            pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            env={**{k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
                 **({"HOME": self.home} if self.home else {})})
        theirs.close()
        return True

    def close(self):
        """Ends the process."""
        if self.sock is not None:
            self.sock.close()
            self.process.terminate()  # a daemon of the stand-in's shell may hold the socket
            self.process.wait()
            self.sock = None

    def run(self, args, env, timeout):
        """As subprocess.run(["/usr/bin/aws", *args]) with texts captured."""
        args = [str(a) for a in args]
        if env.get("HOME") != self.home:
            return self.alone(args, env, timeout)
        with self.lock:
            if self.sock is None and not self.start():
                return self.alone(args, env, timeout)
            outs = [os.pipe() for _ in range(3)]  # stdout, stderr, the exit status
            self.sock.sendmsg([json.dumps({"args": args, "env": env, "cwd": os.getcwd()}).encode()],
                              [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                array.array("i", [w for _, w in outs]))])
        for _, w in outs:
            os.close(w)
        return self.collect(args, [os.fdopen(r, "rb") for r, _ in outs], timeout)

    def stand_in(self, folder):
        """Puts `aws` into the folder, for processes that inherit the descriptor that is
        returned; None, and nothing is put there, where the CLI has to be run as it is."""
        if self.sock is None and not self.start():
            return None
        program = pathlib.Path(folder) / "aws"
        program.write_text(STAND_IN.format(fd=self.sock.fileno()))
        program.chmod(0o755)
        return self.sock.fileno()

    @staticmethod
    def collect(args, files, timeout):
        """What the command writes until it ends."""
        got = [b"", b"", b""]

        def read(i):
            got[i] = files[i].read()
        pid, = struct.unpack("i", files[2].read(4))
        readers = [threading.Thread(target=read, args=(i,), daemon=True) for i in range(3)]
        def kill():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        late = threading.Timer(timeout, kill)
        for t in (late, *readers):
            t.start()
        for t in readers:
            t.join()
        late.cancel()
        late.join()
        for f in files:
            f.close()
        if not got[2]:
            raise subprocess.TimeoutExpired(["aws", *args], timeout, got[0], got[1])
        return subprocess.CompletedProcess(["aws", *args], struct.unpack("i", got[2])[0],
                                           got[0].decode(), got[1].decode())


def command(main, request, fds):
    """In the child: one command from its arguments to its exit status."""
    os.write(fds[2], struct.pack("i", os.getpid()))
    os.dup2(fds[0], 1)
    os.dup2(fds[1], 2)
    os.environ.clear()
    os.environ.update(request["env"])
    importlib.reload(sys.modules["awscli"])  # it sets variables that stand for its paths
    os.chdir(request["cwd"])
    sys.argv = [AWS, *request["args"]]
    try:
        code = main()
    except SystemExit as e:
        code = e.code if isinstance(e.code, int) else e.code is not None
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(fds[2], struct.pack("i", code or 0))
    os._exit(0)


def late(main):
    """The modules that a command loads when it needs them: told by a child that makes
    one which reaches nobody, for a call also starts threads, and those no child has."""
    r, w = os.pipe()
    if os.fork() == 0:
        os.dup2(1, 2)  # its complaint is not wanted
        os.environ.update({"AWS_CONFIG_FILE": "/dev/null", "AWS_ACCESS_KEY_ID": "x",
                           "AWS_SECRET_ACCESS_KEY": "x", "AWS_MAX_ATTEMPTS": "1",
                           "AWS_REGION": "us-east-1", "AWS_PAGER": ""})
        sys.argv = [AWS, "sts", "get-caller-identity", "--endpoint-url", "http://127.0.0.1:9"]
        try:
            main()
        finally:
            os.write(w, "\n".join(sys.modules).encode())
            os._exit(0)
    os.close(w)
    with os.fdopen(r, "rb") as f:
        return f.read().decode().split("\n")


def serve(sock):
    """Until the other end is closed."""
    import awscli.clidriver
    main = awscli.clidriver.main
    for name in late(main):
        if name.split(".")[0] in ("awscli", "botocore", "urllib3", "encodings"):
            importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    while True:
        data, rights, _, _ = sock.recvmsg(1 << 20, socket.CMSG_SPACE(12))
        if not data:
            return
        fds = list(array.array("i", rights[0][2]))
        if os.fork() == 0:
            sock.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            command(main, json.loads(data), fds)
        for fd in fds:
            os.close(fd)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
