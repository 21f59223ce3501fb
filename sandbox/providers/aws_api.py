"""Calls to EC2 in one region: checked first, then made, then written down."""

from __future__ import annotations

import re
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.providers.aws_strict import refuse
from sandbox.providers.errors import CloudError
from sandbox.providers.faults import Faults, Injected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.providers.calls import Recorder
    from sandbox.providers.values import Values

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_CONNECTIONS: Final = 40
_THROTTLED: Final = frozenset({"RequestLimitExceeded", "Throttling", "ThrottlingException"})
_RETRIES: Final = 25
"""The provider's own `maxRetries`."""
_PAUSE: Final = 0.01
"""Between them; the provider's grow to many seconds, and here nobody is helped by waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where the stand-in AWS is, and who asks."""

    url: str
    access_key: str
    secret_key: str

    def client(self, service: str, region: str) -> Any:
        """A client that talks to this machine and nothing else.

        Raises:
            CloudError: the address is not one of this machine's own.
        """
        if urlsplit(self.url).hostname not in _LOOPBACK:
            text = (
                "the sandbox's aws provider only talks to this machine, and aws:endpoints says"
                f' "{self.url}"; use the real provider for the real AWS.'
            )
            raise CloudError(text, code="NotLoopback")
        return _client(self, service, region)


@cache
def _session() -> Any:
    return botocore.session.get_session()


@cache
def _client(connection: Connection, service: str, region: str) -> Any:
    """One client for each; EC2's model alone takes a third of a second to load."""
    return _session().create_client(
        service,
        region_name=region,
        endpoint_url=connection.url,
        aws_access_key_id=connection.access_key,
        aws_secret_access_key=connection.secret_key,
        config=Config(max_pool_connections=_CONNECTIONS, proxies={}, retries={"max_attempts": 2}),
    )


class Api:
    """EC2 in one region; safe for many threads."""

    def __init__(
        self,
        client: Any,
        *,
        region: str,
        account: str,
        recorder: Recorder,
        faults: Faults | None = None,
    ) -> None:
        """Through *client*, for the given account."""
        self.region = region
        self.account = account
        self._client = client
        self._recorder = recorder
        self._faults = faults or Faults()
        self._writing = threading.RLock()

    def call(self, action: str, /, **parameters: Any) -> Values:
        """EC2's answer to *action*; calls that change something are made one at a time.

        Raises:
            CloudError: EC2 refused, or would have where moto does not.
        """
        outcome, message, answer = self._once(action, parameters)
        for _ in range(_RETRIES):
            if outcome not in _THROTTLED:
                break
            time.sleep(_PAUSE)
            outcome, message, answer = self._once(action, parameters)
        if outcome != "ok":
            text = (
                f"operation error EC2: {action}, https response error StatusCode: 400,"
                f" api error {outcome}: {message}"
            )
            raise CloudError(text, code=outcome)
        return answer

    def _once(self, action: str, parameters: Values) -> tuple[str, str, Values]:
        """What came of one attempt: `ok` or the error's code, its text, and the answer."""
        writes = not action.startswith(("Describe", "Get"))
        with self._writing if writes else nullcontext():
            outcome, message, answer = "ok", "", {}
            try:
                if writes:
                    refuse(self, action, parameters)
                ask = getattr(self._client, _snake(action))
                answer = self._faults.make(action, lambda: ask(**parameters))
            except ClientError as error:
                outcome, message = (
                    error.response["Error"]["Code"],
                    error.response["Error"]["Message"],
                )
            except (CloudError, Injected) as error:
                outcome, message = error.code, str(error)
            answer.pop("ResponseMetadata", None)
            self._recorder.record(
                api="ec2",
                action=action,
                parameters=parameters,
                outcome=outcome,
                writes=writes,
                answer=answer if writes else None,
            )
        return outcome, message, answer

    def look(self, action: str, key: str, /, **parameters: Any) -> list[Values]:
        """The things under *key* of a Describe call; none where EC2 does not find them."""
        try:
            return self.call(action, **parameters)[key]
        except CloudError as error:
            if is_missing(error):
                return []
            raise

    def rules(self, group_id: str) -> list[Values]:
        """Every rule of a security group, both directions."""
        named = [{"Name": "group-id", "Values": [group_id]}]
        return self.look("DescribeSecurityGroupRules", "SecurityGroupRules", Filters=named)

    def prefix_list(self, list_id: str) -> Values | None:
        """A managed prefix list that is not deleted."""
        found = self.look("DescribeManagedPrefixLists", "PrefixLists", PrefixListIds=[list_id])
        there = [item for item in found if not item["State"].startswith("delete")]
        return there[0] if there else None

    def prefixes(self, list_id: str) -> list[Values]:
        """The entries of a managed prefix list."""
        return self.call("GetManagedPrefixListEntries", PrefixListId=list_id).get("Entries", [])

    def interface(self, interface_id: str) -> Values | None:
        """A network interface."""
        asked = [interface_id]
        found = self.look(
            "DescribeNetworkInterfaces", "NetworkInterfaces", NetworkInterfaceIds=asked
        )
        return found[0] if found else None

    def acl(self, acl_id: str) -> Values | None:
        """A network ACL."""
        found = self.look("DescribeNetworkAcls", "NetworkAcls", NetworkAclIds=[acl_id])
        return found[0] if found else None


def is_missing(error: CloudError) -> bool:
    """Whether *error* says that something does not exist."""
    return error.code.endswith(".NotFound") or error.code.endswith("NotFound")


def forget(api: Api, action: str, /, **parameters: Any) -> None:
    """Make a call that removes something; gone already is as good."""
    try:
        api.call(action, **parameters)
    except CloudError as error:
        if not is_missing(error):
            raise


def tag_specification(kind: str, tags: Mapping[str, str]) -> Values:
    """The parameter that tags a new resource of *kind*, or nothing."""
    if not tags:
        return {}
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": pairs}]}


def retag(api: Api, resource_id: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Make *new* the tags of a resource that has *old*, with as few calls as that takes."""
    gone = [{"Key": key} for key in old if key not in new]
    fresh = [{"Key": key, "Value": value} for key, value in new.items() if old.get(key) != value]
    if gone:
        api.call("DeleteTags", Resources=[resource_id], Tags=gone)
    if fresh:
        api.call("CreateTags", Resources=[resource_id], Tags=fresh)


def tags_of(thing: Values) -> dict[str, str]:
    """The tags of something that EC2 described, without AWS's own."""
    pairs = thing.get("Tags") or []
    return {tag["Key"]: tag["Value"] for tag in pairs if not tag["Key"].startswith("aws:")}


def tag_outputs(there: dict[str, str], said: Any, defaults: Mapping[str, str]) -> Values:
    """``tags`` and ``tagsAll``: a default tag is in the first only where the program says it."""
    own = said if isinstance(said, dict) else {}
    tags = {key: value for key, value in there.items() if key in own or defaults.get(key) != value}
    return {"tags": tags, "tagsAll": there} if tags or own else {"tagsAll": there}


def _snake(action: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower()
