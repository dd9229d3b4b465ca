"""A local endpoint under many clients, rude clients, and none."""

import gc
import socket
import struct
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import count, repeat

import pytest

from local_http import (
    PATIENCE,
    STREAM,
    connect,
    echo,
    post,
    read_answer,
    send,
)
from paws_common.local import LocalEndpoint
from paws_common.local.http1 import Response
from paws_common.local.server import Server


class Endless:
    """A model whose parts never end, until it is closed."""

    def __init__(self):
        self.closed = threading.Event()

    def __call__(self, body, request):
        try:
            for number in count():
                yield b"%d" % number * 1000
        finally:
            self.closed.set()


def peer(connection):
    try:
        return connection.getpeername()
    except OSError:  # closed, or listening
        return None


def test_thirty_two_requests_are_in_flight_at_once_and_each_gets_its_answer():
    together = threading.Barrier(32, timeout=PATIENCE)

    def predict(body, request):
        together.wait()
        return b"for " + body

    bodies = [b"%d" % number for number in range(32)]
    with LocalEndpoint(predict) as local, ThreadPoolExecutor(32) as pool:
        answers = pool.map(lambda body: send(local, body=body), bodies)
        assert [a.body for a in answers] == [b"for " + body for body in bodies]
        assert sorted(r.body for r in local.requests) == sorted(bodies)


def test_a_client_that_leaves_a_stream_closes_the_model_quietly(capfd):
    model = Endless()
    with LocalEndpoint(model) as local:
        with connect(local) as connection:
            connection.sendall(post(path=STREAM))
            assert connection.recv(10_000)
        assert model.closed.wait(PATIENCE)
        assert send(local, "/no/route").status == 404
    assert capfd.readouterr() == ("", "")


def test_a_stream_is_closed_whether_it_was_sent_or_not():
    streams = []

    class Stream:
        def __init__(self, chunks):
            self.chunks = chunks
            self.closed = threading.Event()
            streams.append(self)  # closed by name, and not by being forgotten

        def __iter__(self):
            return iter(self.chunks)

        def close(self):
            self.closed.set()

    def respond(head, body):
        chunks = repeat(bytes(1000)) if body == b"endless" else [b"all"]
        return Response(HTTPStatus.OK, (), Stream(chunks))

    server = Server(respond, 0)
    with connect(server) as connection:
        connection.sendall(post(b"short"))
        assert read_answer(connection).body == b"all"
        connection.sendall(post(b"endless"))
        assert connection.recv(10)
    assert [stream.closed.wait(PATIENCE) for stream in streams] == [True, True]
    server.stop()


def test_small_answers_are_not_held_back():
    with LocalEndpoint(echo) as local, connect(local) as connection:
        connection.sendall(post())
        read_answer(connection)
        options = [
            accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            for accepted in gc.get_objects()
            if type(accepted) is socket.socket
            and peer(accepted) == connection.getsockname()
        ]
    assert len(options) == 1
    assert options[0]


@pytest.mark.parametrize("sent", [post()[:30], post(b"body")[:-1], post(b"body")])
def test_a_client_that_leaves_in_a_request_is_let_go_quietly(capfd, sent):
    with LocalEndpoint(echo) as local:
        with connect(local) as connection:
            # To close with a reset is the rudest way to leave.
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.sendall(sent)
        assert send(local, body=b"next").body == b"next"
    assert capfd.readouterr() == ("", "")


def test_stop_ends_idle_connections_and_open_streams():
    model = Endless()
    local = LocalEndpoint(model)
    local.start()
    with connect(local) as idle, connect(local) as streaming:
        idle.sendall(post(path="/no/route"))
        assert read_answer(idle).status == 404
        streaming.sendall(post(path=STREAM))
        assert streaming.recv(10)
        local.stop()
        assert model.closed.is_set()
        assert idle.recv(1) == b""


def test_stop_does_not_wait_for_a_model_that_never_ends():
    started, released = threading.Event(), threading.Event()

    def predict(body, request):
        started.set()
        released.wait()
        return b""

    with LocalEndpoint(predict) as local, connect(local) as connection:
        connection.sendall(post())
        assert started.wait(PATIENCE)
        stopping = threading.Thread(target=local.stop)
        stopping.start()
        stopping.join(PATIENCE)
        stopped_in_time = not stopping.is_alive()
        released.set()
        stopping.join()
        assert stopped_in_time
        assert connection.recv(1) == b""


def test_no_thread_is_left_after_stop():
    before = set(threading.enumerate())
    with LocalEndpoint(echo) as local, connect(local) as connection:
        connection.sendall(post())
        read_answer(connection)
        assert len(set(threading.enumerate()) - before) == 2
    assert set(threading.enumerate()) - before == set()


def test_a_program_that_never_stops_its_endpoint_ends_by_itself():
    program = """
from http.client import HTTPConnection
from paws_common.local import LocalEndpoint
from paws_common.local.http1 import Response
from paws_common.local.server import Server
local = LocalEndpoint(lambda body, request: body)
local.start()
connection = HTTPConnection(local.url[7:])
connection.request("POST", "/endpoints/demo/invocations", b"works")
print(connection.getresponse().read().decode())
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert (run.stdout, run.stderr) == ("works\n", "")


def test_an_endpoint_can_be_stopped_twice_and_started_again():
    local = LocalEndpoint(echo)
    local.stop()
    for body in (b"1", b"2"):
        local.start()
        assert send(local, body=body).body == body
        local.stop()
        local.stop()
    assert [request.body for request in local.requests] == [b"1", b"2"]


def test_a_second_start_is_an_error_that_says_where_the_first_listens():
    with (
        LocalEndpoint(echo) as local,
        pytest.raises(RuntimeError, match=f"is at {local.url} already"),
    ):
        local.start()


def test_the_url_of_an_endpoint_that_is_not_started_is_an_error():
    with pytest.raises(RuntimeError, match=r"not started: .* call start\(\)"):
        LocalEndpoint(echo).config()


def test_a_port_in_use_is_an_error_and_a_free_one_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            LocalEndpoint(echo, port=port).start()
    with LocalEndpoint(echo, port=port) as local:
        assert local.url == f"http://127.0.0.1:{port}"


def test_the_endpoint_listens_on_one_loopback_address_alone():
    with LocalEndpoint(echo) as local:
        port = int(local.url.rpartition(":")[2])
        with pytest.raises(OSError, match=r"refused|timed out"):
            socket.create_connection(("127.0.0.2", port), timeout=PATIENCE).close()


def test_a_model_that_cannot_be_called_is_an_error():
    with pytest.raises(TypeError, match=r"predict is bytes, it must be a function"):
        LocalEndpoint(b"answer")
    local = LocalEndpoint(echo)
    with pytest.raises(TypeError, match=r"predict is bytes, it must be a function"):
        local.predict = b"answer"
    assert local.predict is echo


def test_another_model_answers_what_arrives_from_then_on():
    with LocalEndpoint(echo) as local:
        before = send(local, body=b"1").body
        local.predict = lambda body, request: b"other"
        after = send(local, body=b"1").body

    assert (before, after) == (b"1", b"other")


def test_the_configuration_has_the_shape_that_paws_takes():
    with LocalEndpoint(echo) as local:
        assert local.config() == {
            "endpoint": local.url,
            "region": "us-east-1",
            "credentials": {
                "creds": {"access_key_id": "local", "secret_access_key": "local"}
            },
        }
