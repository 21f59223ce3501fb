"""The gRPC side of a stand-in provider: every call of the engine, over one table and one cloud.

Uses the generated servicer directly, because the engine's requests are then seen whole
(Pulumi's guide "Implement a Provider in Python", protocol-reference.md).
"""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox.providers import check, diff, readback
from sandbox.providers.calls import step
from sandbox.providers.errors import CloudError, HalfDone
from sandbox.providers.values import UNKNOWN, Values, plain, wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.providers.cloud import Cloud
    from sandbox.providers.tables import ResourceType

_Answer = TypeVar("_Answer")


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine for one cloud."""

    def __init__(self, cloud: Cloud) -> None:
        """For one cloud."""
        self._cloud = cloud

    # What the plug-in is

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002
        """Tells what this provider can take."""
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=False, accept_resources=False, accept_outputs=False
        )

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002
        """Accepts an engine that found this server through PULUMI_DEBUG_PROVIDERS."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002
        """The version of the SDK that the tables were checked against."""
        return plugin_pb2.PluginInfo(version=self._cloud.version)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002
        """The least that is a schema: the sandbox generates no code."""
        schema = {"name": self._cloud.name, "version": self._cloud.version}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002
        """Comes at the end of every operation and is no reason to stop."""
        return empty_pb2.Empty()

    # Its configuration

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002
        """Takes the configuration as it is."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002
        """A new configuration never replaces the provider, as with the real ones."""
        same = plain(request.olds) == plain(request.news)
        kind = provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=kind)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Connects to the cloud, or says why not."""
        settings = {key: decoded(value) for key, value in plain(request.args).items()}
        for key, value in request.variables.items():
            settings.setdefault(key.rpartition(":")[2], decoded(value))
        answer(context, lambda: self._cloud.configure(settings))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=False, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    # A resource's life

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The inputs with defaults and names, or every reason against them."""
        return answer(context, lambda: self._check(request))

    def _check(self, request: Any) -> Any:
        resource_type = self._type(request.urn)
        news, olds = plain(request.news), plain(request.olds)
        found = check.failures(resource_type.inputs, news)
        name = request.name or request.urn.rpartition("::")[2]
        news = {**self._cloud.defaults(resource_type), **news}
        inputs = check.filled(resource_type, name, news, olds, bytes(request.randomSeed))
        if not found:
            found = self._cloud.family(resource_type.urn_type, inputs).check(_bare(inputs))
        failures = [
            provider_pb2.CheckFailure(property=item.property, reason=item.reason) for item in found
        ]
        return provider_pb2.CheckResponse(inputs=wire(inputs), failures=failures)

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        """What would change, path by path, and whether that replaces the resource."""
        return answer(context, lambda: self._diff(request))

    def _diff(self, request: Any) -> Any:
        resource_type = self._type(request.urn)
        news, outputs, inputs = plain(request.news), plain(request.olds), plain(request.old_inputs)
        olds = inputs if resource_type.compares_inputs and inputs else outputs
        found = diff.differences(resource_type, olds, news, request.ignoreChanges)
        planned = self._cloud.planned(resource_type, news)
        if not found and "tagsAll" in planned and planned["tagsAll"] != outputs.get("tagsAll", {}):
            found = [diff.Difference(path="tagsAll", change=diff.Change.UPDATE, replaces=False)]
        replaces = sorted({item.top for item in found if item.replaces})
        kinds = {item.path: f"{item.change}{'_REPLACE' if item.replaces else ''}" for item in found}
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME
            if found
            else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=sorted({item.top for item in found}),
            replaces=replaces,
            deleteBeforeReplace=bool(replaces)
            and diff.replaces_by_deleting_first(resource_type, olds, news),
            hasDetailedDiff=True,
            detailedDiff={
                path: provider_pb2.PropertyDiff(
                    kind=provider_pb2.PropertyDiff.Kind.Value(kind),
                    inputDiff=resource_type.compares_inputs,
                )
                for path, kind in kinds.items()
            },
        )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        """A new resource; in a preview what is computed stays unknown."""
        with step("create", request.urn):
            return answer(context, lambda: self._create(request))

    def _create(self, request: Any) -> Any:
        resource_type = self._type(request.urn)
        inputs = _bare(plain(request.properties))
        if request.preview:
            known = {**inputs, **self._cloud.planned(resource_type, inputs)}
            left_out = {name for name, column in resource_type.inputs.items() if column.computed}
            unknown = dict.fromkeys((resource_type.computed | left_out) - set(known), UNKNOWN)
            outputs = _without(known, resource_type) | unknown
            return provider_pb2.CreateResponse(properties=wire(outputs))
        resource_id, outputs = self._cloud.family(resource_type.urn_type, inputs).create(inputs)
        return provider_pb2.CreateResponse(id=resource_id, properties=wire(outputs))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        """What is there now, or an empty id; for a refresh and for an import alike."""
        return answer(context, lambda: self._read(request))

    def _read(self, request: Any) -> Any:
        resource_type = self._type(request.urn)
        olds, old_inputs = plain(request.properties), plain(request.inputs)
        outputs = self._cloud.family(resource_type.urn_type, olds).read(request.id, olds)
        if outputs is None:
            return provider_pb2.ReadResponse()
        path = self._cloud.path_of(resource_type, request.id)
        if not old_inputs:
            inputs = readback.imported(resource_type, outputs, path)
        elif resource_type.compares_inputs:
            old = readback.project(resource_type.inputs, olds)
            new = readback.project(resource_type.inputs, outputs)
            inputs = _merged(old_inputs, old, new)
        else:
            inputs = readback.refreshed(resource_type, old_inputs, outputs)
        return provider_pb2.ReadResponse(
            id=request.id, properties=wire(outputs), inputs=wire(inputs)
        )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The resource made into the new inputs, seen from what is there and not from the state."""
        with step("update", request.urn):
            return answer(context, lambda: self._update(request))

    def _update(self, request: Any) -> Any:
        resource_type = self._type(request.urn)
        olds, inputs = plain(request.olds), _bare(plain(request.news))
        if request.preview:
            kept = {
                name: value
                for name, value in olds.items()
                if name not in resource_type.inputs or resource_type.inputs[name].computed
            }
            known = {**kept, **inputs, **self._cloud.planned(resource_type, inputs)}
            outputs = _without(known, resource_type)
        else:
            family = self._cloud.family(resource_type.urn_type, inputs)
            outputs = family.update(request.id, olds, inputs)
        return provider_pb2.UpdateResponse(properties=wire(outputs))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The resource is gone."""
        with step("delete", request.urn):
            return answer(context, lambda: self._delete(request))

    def _delete(self, request: Any) -> Any:
        olds = plain(request.properties)
        self._cloud.family(self._type(request.urn).urn_type, olds).delete(request.id, olds)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The answer of a data source, or a text that names those there are."""

        def invoke() -> Any:
            values = self._cloud.invoke(request.tok, plain(request.args))
            fields: dict[str, Any] = {"return": wire(values)}
            return provider_pb2.InvokeResponse(**fields)

        return answer(context, invoke)

    def _type(self, urn: str) -> ResourceType:
        token = urn.split("::")[2].rpartition("$")[2]
        if token not in self._cloud.types:
            text = (
                f'the sandbox has no resource type "{token}"; it has {", ".join(self._cloud.types)}'
            )
            raise CloudError(text, code="NoSuchType")
        return self._cloud.types[token]


def decoded(value: Any) -> Any:
    """A setting as a value: the SDKs send lists and maps of a provider's configuration as JSON."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def answer(context: grpc.ServicerContext, call: Callable[[], _Answer]) -> _Answer:
    """The result of *call*; an error reaches the user as its text, without a traceback."""
    try:
        return call()
    except HalfDone as error:
        text = str(error)
        detail = provider_pb2.ErrorResourceInitFailed(
            id=error.resource_id, properties=wire(error.outputs), reasons=error.reasons
        )
        packed = any_pb2.Any()
        packed.Pack(detail)
        status = status_pb2.Status(
            code=grpc.StatusCode.UNKNOWN.value[0], message=text, details=[packed]
        )
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    except CloudError as error:
        text = str(error)
    except Exception as error:  # noqa: BLE001  whatever it is, the user reads a text
        traceback.print_exc()
        text = f"the sandbox's provider stumbled: {type(error).__name__}: {error}"
    context.abort(grpc.StatusCode.UNKNOWN, text)
    raise AssertionError("abort does not return")


def _bare(inputs: Values) -> Values:
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def _without(values: Values, resource_type: ResourceType) -> Values:
    return {key: value for key, value in values.items() if key not in resource_type.path}


def _merged(old_inputs: Values, old: Values, new: Values) -> Values:
    result: Values = {}
    for key in {**old_inputs, **new}:
        value = old_inputs.get(key)
        if key in new or key in old:
            value = readback.merged(value, old.get(key), new.get(key))
        if value is not None:
            result[key] = value
    return result
