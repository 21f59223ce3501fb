"""Managed prefix lists: they grow before entries come, and shrink after entries went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.providers.aws_api import Api, forget, retag, tag_outputs, tag_specification, tags_of
from sandbox.providers.errors import CloudError, Failure
from sandbox.providers.values import UNKNOWN, Values

if TYPE_CHECKING:
    from collections.abc import Mapping


class PrefixLists:
    """The life of ``aws:ec2/managedPrefixList:ManagedPrefixList``."""

    def __init__(self, api: Api, default_tags: Mapping[str, str]) -> None:
        """In the region of *api*."""
        self._api = api
        self._defaults = default_tags

    def check(self, inputs: Values) -> list[Failure]:
        """The family is one of two, and the name is not AWS's."""
        found: list[Failure] = []
        if inputs["addressFamily"] not in ("IPv4", "IPv6", UNKNOWN):
            family = inputs["addressFamily"]
            reason = f'expected address_family to be one of ["IPv4" "IPv6"], got {family}'
            found.append(Failure(property="addressFamily", reason=reason))
        if str(inputs.get("name", "")).startswith("com.amazonaws"):
            found.append(Failure(property="name", reason='must not begin with "com.amazonaws"'))
        return found

    def create(self, inputs: Values) -> tuple[str, Values]:
        """A list with all its entries, in one call."""
        tags = {**self._defaults, **inputs.get("tags", {})}
        entries = [_entry(entry) for entry in inputs.get("entries", [])]
        answer = self._api.call(
            "CreateManagedPrefixList",
            PrefixListName=inputs["name"],
            AddressFamily=inputs["addressFamily"],
            MaxEntries=inputs["maxEntries"],
            **({"Entries": entries} if entries else {}),
            **tag_specification("prefix-list", tags),
        )
        list_id = answer["PrefixList"]["PrefixListId"]
        return list_id, self.read(list_id, inputs) or {}

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """The list and its entries."""
        found = self._api.prefix_list(resource_id)
        if found is None:
            return None
        entries = [
            {"cidr": entry["Cidr"], "description": entry.get("Description", "")}
            for entry in self._api.prefixes(resource_id)
        ]
        region, account = self._api.region, found["OwnerId"]
        return {
            "addressFamily": found["AddressFamily"],
            "arn": found["PrefixListArn"],
            "entries": entries,
            "maxEntries": int(found["MaxEntries"]),
            "name": found["PrefixListName"],
            "ownerId": account,
            "region": region,
            "version": found["Version"],
            **tag_outputs(tags_of(found), olds.get("tags"), self._defaults),
        }

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """Grows, drops entries whose description changes, changes entries, shrinks, as upstream."""
        there = self.read(resource_id, olds)
        if there is None:
            text = f"The prefix list ID '{resource_id}' does not exist"
            raise CloudError(text, code="InvalidPrefixListID.NotFound")
        if inputs["maxEntries"] > there["maxEntries"]:
            self._resize(resource_id, inputs)
        if "entries" in inputs:
            self._sync_entries(resource_id, there, inputs)
        if inputs["name"] != there["name"]:
            self._modify(resource_id, inputs)
        if inputs["maxEntries"] < there["maxEntries"]:
            self._resize(resource_id, inputs)
        wanted = {**self._defaults, **inputs.get("tags", {})}
        retag(self._api, resource_id, there["tagsAll"], wanted)
        return self.read(resource_id, inputs) or {}

    def delete(self, resource_id: str, olds: Values) -> None:
        """Gone; one that a rule still names is not."""
        del olds
        if self._api.prefix_list(resource_id) is not None:
            forget(self._api, "DeleteManagedPrefixList", PrefixListId=resource_id)

    def _sync_entries(self, list_id: str, there: Values, inputs: Values) -> None:
        held = {entry["cidr"]: entry.get("description", "") for entry in there["entries"]}
        wanted = {entry["cidr"]: entry.get("description", "") for entry in inputs["entries"]}
        reworded = [cidr for cidr in wanted if cidr in held and held[cidr] != wanted[cidr]]
        if reworded:  # one call cannot remove and add the same block
            gone = [{"Cidr": cidr} for cidr in reworded]
            self._modify(list_id, inputs, RemoveEntries=gone)
        fresh = [
            entry for entry in inputs["entries"] if held.get(entry["cidr"]) != wanted[entry["cidr"]]
        ]
        gone = [{"Cidr": cidr} for cidr in held if cidr not in wanted]
        changes: dict[str, Any] = {}
        if fresh:
            changes["AddEntries"] = [_entry(entry) for entry in fresh]
        if gone:
            changes["RemoveEntries"] = gone
        if changes:
            self._modify(list_id, inputs, **changes)

    def _resize(self, list_id: str, inputs: Values) -> None:
        most = inputs["maxEntries"]
        self._modify(list_id, inputs, MaxEntries=most)
        found = self._api.prefix_list(list_id) or {}
        if int(found.get("MaxEntries", 0)) != most:
            text = (
                "moto cannot resize a prefix list; start it as `python -m sandbox.ec2`,"
                " which mends that"
            )
            raise CloudError(text, code="Unsupported")

    def _modify(self, list_id: str, inputs: Values, **changes: Any) -> None:
        found = self._api.prefix_list(list_id) or {}
        versioned = {"CurrentVersion": found["Version"]} if "MaxEntries" not in changes else {}
        self._api.call(
            "ModifyManagedPrefixList",
            PrefixListId=list_id,
            PrefixListName=inputs["name"],
            **versioned,
            **changes,
        )


def _entry(entry: Values) -> Values:
    text = {"Description": entry["description"]} if entry.get("description") else {}
    return {"Cidr": entry["cidr"], **text}
