"""Calls a stand-in provider over gRPC as the engine does, without an engine.

For tests and for trying things out: check, then diff or create, then read, as `pulumi up` would.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import grpc
from google.protobuf import empty_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.providers.process import start
from sandbox.providers.values import Values, plain, wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.providers.cloud import Cloud


_METADATA_BYTES: Final = 1 << 24


class Refusal(Exception):
    """The provider refused; the text is what a user would read."""


class HalfMade(Refusal):
    """The provider made something and could not finish; *resource* is what the engine keeps."""

    def __init__(self, text: str, resource: Resource) -> None:
        """With the words that the user reads."""
        super().__init__(text)
        self.resource = resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What the engine's state holds of one resource."""

    token: str
    name: str
    id: str
    inputs: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)

    @property
    def urn(self) -> str:
        """A URN in a project and stack of the probe's own."""
        return urn_of(self.token, self.name)


def urn_of(token: str, name: str) -> str:
    """The URN of a resource without a parent."""
    return f"urn:pulumi:probe::probe::{token}::{name}"


class Probe:
    """One configured provider; close it when done."""

    def __init__(self, cloud: Cloud, settings: Mapping[str, Any]) -> None:
        """Of *cloud*, with the engine's *settings* for it."""
        self._server, port = start(cloud)
        # What is half made comes in the trailing metadata; the engine's client takes 16 MB there.
        sizes = ("grpc.max_metadata_size", "grpc.absolute_max_metadata_size")
        options = [(name, _METADATA_BYTES) for name in sizes]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=options)
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        try:
            self._call("Configure", provider_pb2.ConfigureRequest(args=wire(settings)))
        except Refusal:
            self.close()
            raise

    def close(self) -> None:
        """Stop the server."""
        self._channel.close()
        self._server.stop(None)

    def check(
        self, token: str, name: str, inputs: Values, olds: Values | None = None
    ) -> tuple[Values, dict[str, str]]:
        """The checked inputs, and the reason against each property that is refused."""
        request = provider_pb2.CheckRequest(
            urn=urn_of(token, name),
            news=wire(inputs),
            olds=wire(olds or {}),
            randomSeed=secrets.token_bytes(16),
        )
        answer = self._call("Check", request)
        failures = {failure.property: failure.reason for failure in answer.failures}
        return plain(answer.inputs), failures

    def create(self, token: str, name: str, inputs: Values, *, preview: bool = False) -> Resource:
        """A new resource.

        Raises:
            Refusal: Check or Create refused; HalfMade if something exists all the same.
        """
        checked = self._checked(token, name, inputs, {})
        urn = urn_of(token, name)
        request = provider_pb2.CreateRequest(urn=urn, properties=wire(checked), preview=preview)
        answer = self._call("Create", request, half=(token, name, checked))
        outputs = plain(answer.properties)
        return Resource(token=token, name=name, id=answer.id, inputs=checked, outputs=outputs)

    def diff(self, resource: Resource, inputs: Values) -> Any:
        """The provider's DiffResponse for new *inputs*."""
        checked = self._checked(resource.token, resource.name, inputs, resource.inputs)
        request = provider_pb2.DiffRequest(
            id=resource.id,
            urn=resource.urn,
            olds=wire(resource.outputs),
            old_inputs=wire(resource.inputs),
            news=wire(checked),
        )
        return self._call("Diff", request)

    def changes(self, resource: Resource, inputs: Values) -> Sequence[str]:
        """The property paths that new *inputs* would change."""
        return sorted(self.diff(resource, inputs).detailedDiff)

    def update(self, resource: Resource, inputs: Values) -> Resource:
        """The resource with new *inputs*.

        Raises:
            Refusal: the provider refused.
        """
        checked = self._checked(resource.token, resource.name, inputs, resource.inputs)
        request = provider_pb2.UpdateRequest(
            id=resource.id,
            urn=resource.urn,
            olds=wire(resource.outputs),
            old_inputs=wire(resource.inputs),
            news=wire(checked),
        )
        outputs = plain(self._call("Update", request).properties)
        token, name = resource.token, resource.name
        return Resource(token=token, name=name, id=resource.id, inputs=checked, outputs=outputs)

    def refresh(self, resource: Resource) -> Resource | None:
        """What is there now, or None."""
        request = provider_pb2.ReadRequest(
            id=resource.id,
            urn=resource.urn,
            properties=wire(resource.outputs),
            inputs=wire(resource.inputs),
        )
        return self._read(resource.token, resource.name, request)

    def adopt(self, token: str, name: str, resource_id: str) -> Resource | None:
        """What an import of *resource_id* would put into the state, or None."""
        request = provider_pb2.ReadRequest(id=resource_id, urn=urn_of(token, name))
        return self._read(token, name, request)

    def delete(self, resource: Resource) -> None:
        """Delete it.

        Raises:
            Refusal: the provider refused.
        """
        properties = wire(resource.outputs)
        request = provider_pb2.DeleteRequest(
            id=resource.id, urn=resource.urn, properties=properties
        )
        self._call("Delete", request)

    def invoke(self, token: str, arguments: Values) -> Values:
        """The answer of a data source.

        Raises:
            Refusal: there is none, or it found nothing.
        """
        request = provider_pb2.InvokeRequest(tok=token, args=wire(arguments))
        return plain(getattr(self._call("Invoke", request), "return"))

    def cancel(self) -> None:
        """What the engine sends at the end of every operation."""
        self._call("Cancel", empty_pb2.Empty())

    def _read(self, token: str, name: str, request: Any) -> Resource | None:
        answer = self._call("Read", request)
        if not answer.id:
            return None
        inputs, outputs = plain(answer.inputs), plain(answer.properties)
        return Resource(token=token, name=name, id=answer.id, inputs=inputs, outputs=outputs)

    def _checked(self, token: str, name: str, inputs: Values, olds: Values) -> Values:
        checked, failures = self.check(token, name, inputs, olds)
        if failures:
            raise Refusal("; ".join(f"{path}: {reason}" for path, reason in failures.items()))
        return checked

    def _call(self, method: str, request: Any, half: tuple[str, str, Values] | None = None) -> Any:
        try:
            return getattr(self.stub, method)(request)
        except grpc.RpcError as error:
            text = str(error.details())  # type: ignore[attr-defined]
            kept = _kept(error)
            if kept is None or half is None:
                raise Refusal(text) from None
            token, name, inputs = half
            outputs = plain(kept.properties)
            made = Resource(token=token, name=name, id=kept.id, inputs=inputs, outputs=outputs)
            raise HalfMade(text, made) from None


def _kept(error: Any) -> Any:
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            detail = provider_pb2.ErrorResourceInitFailed()
            if status.details and status.details[0].Unpack(detail):
                return detail
    return None
