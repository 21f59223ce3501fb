"""`settings.md`: every key of a stack file, from the schema that editors use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.cli.reference.markdown import code, codes, sentence, table, text_of, title
from segfw.settings.schema import stack_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog

    Schema = dict[str, Any]

OURS = "seg-firewall:"
MAPS = {"checklist": "<item>", "hosts": "<host>", "tags": "<tag>"}
"""What the names of a mapping stand for, where it is not just a name."""
CATALOGED = {
    "hosts": "One entry to a host of the [catalog](hosts.md), and `default` for all others.",
    "features": "One entry to a feature of the [catalog](features.md), with its options; "
    "`{}` switches it on, `false` off.",
}
"""Mappings whose keys are on pages of their own."""
MEANINGS = {
    "gateway.environment": "How strict the stack is; test and lab are treated like dev.",
    "gateway.checklist.<item>.by": "Who saw it done.",
    "gateway.checklist.<item>.date": "The day on which it was seen.",
    "interfaces.<name>.roles": "What the interface is for; one may have all three.",
    "interfaces.<name>.external": "An address of it can be reached from the internet: a public "
    "IP, NAT or a load balancer in front. It is always said.",
    "interfaces.<name>.families": "The address families that it has.",
    "interfaces.<name>.subnets": "The prefixes of its own subnets: peers there are reached by it.",
    "interfaces.<name>.defaultRoute": "The gateway's default route leaves by it; without one, the "
    "public interface, or the only one.",
    "interfaces.<name>.vpc": "AWS: the VPC of its security groups and network ACL.",
    "interfaces.<name>.resourceGroup": "Azure: the resource group of its NSG.",
    "interfaces.<name>.securityGroup.groups": "How many security groups its rules are spread over.",
    "interfaces.<name>.securityGroup.fit": "How far rules may be reshaped; a security group never "
    "takes `superset`.",
    "interfaces.<name>.securityGroup.attach.<name>": "The long form: a stable name to an id that "
    "another stack exports.",
    "interfaces.<name>.networkAcl.subnetIds": "The subnets that the network ACL takes over.",
    "interfaces.<name>.networkAcl.fit": "How far entries may be reshaped to fit the quota.",
    "interfaces.<name>.nsg.fit": "How far rules may be reshaped; an NSG never takes `superset`.",
    "interfaces.<name>.renamedFrom": "Former names of the interface: its resources are kept, not "
    "made anew.",
    "networks.<name>": "A named set of prefixes, or what a cloud calls them.",
    "networks.<name>.prefixes": "The prefixes, without host bits.",
    "networks.<name>.owner": "Who answers for them.",
    "networks.<name>.source": "Where they were taken from.",
    "networks.<name>.checked": "The day on which they were last compared with the source.",
    "networks.<name>.aws": "What stands for the network on AWS in place of its prefixes.",
    "networks.<name>.aws.prefixList": "A managed prefix list that exists.",
    "networks.<name>.aws.prefixList.id": "Its id.",
    "networks.<name>.aws.prefixList.weight": "Its maximum number of entries, which counts against "
    "the quota.",
    "networks.<name>.aws.prefixList.family": "The family of its entries.",
    "networks.<name>.aws.securityGroup": "A security group whose members are the peers.",
    "networks.<name>.azure": "What stands for the network on Azure in place of its prefixes.",
    "networks.<name>.azure.serviceTag": "A service tag.",
    "networks.<name>.azure.applicationSecurityGroup": "The id of an application security group.",
    "hosts.<host>.prefixes": "The addresses that you take the host to have.",
    "hosts.<host>.proxy": "The gateway reaches the host by a proxy: its rules go there instead.",
    "hosts.<host>.proxy.network": "The network of the proxies.",
    "hosts.<host>.proxy.port": "Their port.",
    "hosts.<host>.owner": "Who answers for the prefixes.",
    "hosts.<host>.source": "Where they were taken from.",
    "hosts.<host>.checked": "The day on which they were last compared with the source.",
    "features.custom-flow": "Flows that the catalog does not know; `false` takes an import's away.",
    "features.custom-flow[].name": "Its name, part of rule names.",
    "features.custom-flow[].interface": "The interface that it sits on.",
    "features.custom-flow[].direction": "Towards the gateway, or away from it.",
    "features.custom-flow[].protocol": "What it carries.",
    "features.custom-flow[].ports": "The destination ports; none for `icmp-echo`.",
    "features.custom-flow[].from": "Ingress: the network at the far end.",
    "features.custom-flow[].to": "Egress: the network at the far end.",
    "features.custom-flow[].reason": "Why it is needed.",
    "features.custom-flow[].owner": "Who answers for it.",
    "features.custom-flow[].reviewBy": "The day by which it is looked at again.",
    "tags.<tag>": "The tag's value.",
    "quotas.securityGroup": "Quotas of security groups.",
    "quotas.securityGroup.rules": "Rules per group, direction and family.",
    "quotas.securityGroup.groupsPerInterface": "Groups per network interface.",
    "quotas.networkAcl": "Quotas of network ACLs.",
    "quotas.networkAcl.entries": "Entries per direction and family, the implicit deny among them.",
}
"""What a key means, where the schema does not say it in a user's words."""
TYPES = {
    "prefix": "a prefix",
    "day": "a day, quoted",
    "text": "text",
    "ports": "a port or a range",
    "id": "an id, or `{stack: ..., output: ...}`",
    "host": "`internet`, a list of prefixes, or a mapping",
    "network": "a list of prefixes, or a mapping",
    "confirmation": "a mapping",
}
PLURALS = {
    "prefix": "prefixes",
    "text": "names",
    "ports": "ports and ranges",
    "id": "ids, each as text or `{stack: ..., output: ...}`",
}
REQUIRED = "required"
DEFAULTS = {
    "gateway.environment": REQUIRED,
    "gateway.release": REQUIRED,
    "gateway.ciscoRegion": REQUIRED,
    "gateway.checklist.<item>.by": REQUIRED,
    "gateway.checklist.<item>.date": REQUIRED,
    "interfaces.<name>.roles": REQUIRED,
    "interfaces.<name>.external": REQUIRED,
    "interfaces.<name>.vpc": "required on AWS",
    "interfaces.<name>.resourceGroup": "required on Azure",
    "interfaces.<name>.networkAcl.subnetIds": REQUIRED,
    "networks.<name>.aws.prefixList.id": REQUIRED,
    "networks.<name>.aws.prefixList.weight": REQUIRED,
    "networks.<name>.aws.prefixList.family": REQUIRED,
    "hosts.<host>.proxy.network": REQUIRED,
    "hosts.<host>.proxy.port": REQUIRED,
    "features.custom-flow[].name": REQUIRED,
    "features.custom-flow[].interface": REQUIRED,
    "features.custom-flow[].direction": REQUIRED,
    "features.custom-flow[].protocol": REQUIRED,
    "features.custom-flow[].reason": REQUIRED,
    "features.custom-flow[].owner": REQUIRED,
    "features.custom-flow[].reviewBy": REQUIRED,
    "interfaces.<name>.families": "`[ipv4]`",
    "gateway.ephemeralPorts": '`"1024-65535"`',
    "quotas.securityGroup.rules": "`60`",
    "quotas.securityGroup.groupsPerInterface": "`5`",
    "quotas.networkAcl.entries": "`20`",
}
"""Defaults that the schema does not spell, and keys that must be given (by an import, say)."""


def page(catalog: Catalog) -> str:
    """The page."""
    schema = stack_schema(catalog)
    config = schema["properties"]["config"]["properties"]
    lines = title(
        "Settings",
        "Everything stands under `config:` in `config/Pulumi.<stack>.yaml`, or in a file of "
        "`config/shared/` that the stack imports.",
        "[How to write a stack file](../stack-file.md) explains the choices; this page lists every "
        "key.",
        "Editors complete and check the same keys by `config/stack.schema.json`.",
        "A key that is not listed here is a problem, and so is a key that stands twice.",
    )
    provider = [key for key in config if not key.startswith(OURS)]
    lines += ["## The providers' own keys", ""]
    lines += table(
        ("Key", "Type", "Meaning"),
        ((code(key), kind(config[key]), sentence(config[key]["description"])) for key in provider),
    )
    for key, value in config.items():
        if key.startswith(OURS):
            lines += _section(key, value, schema["$defs"])
    return text_of(lines)


def custom_flow_keys(catalog: Catalog) -> Iterator[tuple[str, str, str, str]]:
    """Each key of a custom flow with its form, its default and what it means."""
    schema = stack_schema(catalog)
    features = schema["properties"]["config"]["properties"][f"{OURS}features"]
    for path, *rest in _rows("features", features, schema["$defs"]):
        key = path.strip("`").removeprefix("features.custom-flow[].")
        if key != path.strip("`"):
            form, default, meaning = (text.replace("`", "") for text in rest)
            yield key, form, default, meaning


def _section(key: str, schema: Schema, definitions: Schema) -> list[str]:
    name = key.removeprefix(OURS)
    about = CATALOGED.get(name) or sentence(schema.get("description", MEANINGS.get(name, "")))
    if schema.get("description", "").startswith("`"):
        about = "Quotas that your account has raised; the defaults are those of a new account."
    lines = [f"## {key}", "", about, ""]
    rows = list(_rows(name, schema, definitions))
    if not rows:
        return [*lines, f"Type: {kind(schema)}.", ""]
    return [*lines, *table(("Key", "Type", "Default", "Meaning"), rows)]


def _rows(path: str, schema: Schema, definitions: Schema) -> Iterator[tuple[str, str, str, str]]:
    """A row for each key below *path*, in the schema's order."""
    for inner_path, inner in _children(path, schema, definitions):
        described = MEANINGS.get(inner_path) or inner.get("description", "")
        default = DEFAULTS.get(inner_path, "")
        if "default" in inner:
            default = code(str(inner["default"]).lower())
        yield code(inner_path), kind(inner), default, sentence(described) if described else ""
        yield from _rows(inner_path, inner, definitions)


def _children(path: str, schema: Schema, definitions: Schema) -> Iterator[tuple[str, Schema]]:
    held = _mapping(schema, definitions)
    if held is None:
        return
    if path == "features":
        yield "features.custom-flow", held["properties"]["custom-flow"]
        return
    if path == "hosts":
        yield (
            "hosts.<host>",
            {
                "$ref": "#/$defs/host",
                "description": "How the gateway reaches a host without published addresses.",
            },
        )
        return
    if path == "gateway.checklist":
        yield (
            "gateway.checklist.<item>",
            {
                "$ref": "#/$defs/confirmation",
                "description": "This item of the [checklist](checklist.md) was seen to be done.",
            },
        )
        return
    suffix = "[]" if held.get("in-list") else ""
    for name, inner in held.get("properties", {}).items():
        yield f"{path}{suffix}.{name}", inner
    several = held.get("additionalProperties")
    if isinstance(several, dict):
        yield f"{path}.{MAPS.get(path, '<name>')}", several  # pyright: ignore[reportUnknownMemberType]


def _mapping(schema: Schema, definitions: Schema) -> Schema | None:
    """The mapping that *schema* is, or that one of its forms is; None where there is none."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return None if name == "id" else _mapping(definitions[name], definitions)
    forms = schema.get("anyOf", [schema])
    for form in forms:
        if form.get("type") == "object":
            return form
        if form.get("type") == "array" and form["items"].get("type") == "object":
            return {**form["items"], "in-list": True}
    return None


def kind(schema: Schema) -> str:
    """What values a schema admits, in words."""
    if "$ref" in schema:
        return TYPES[schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return codes(schema["enum"])
    if "const" in schema:
        return code(str(schema["const"]).lower())
    if "anyOf" in schema:
        return ", or ".join(kind(form) for form in schema["anyOf"])
    match schema["type"]:
        case "array":
            return f"a list of {_several(schema['items'])}"
        case "object":
            return "a mapping"
        case "boolean":
            return "`true`, `false`"
        case "integer":
            return _integer(schema)
        case _ if "maxLength" in schema:
            return f"kebab-case, at most {schema['maxLength']} characters"
        case _:
            return "text"


def _several(items: Schema) -> str:
    """What the items of a list are, in the plural."""
    if "$ref" in items:
        return PLURALS[items["$ref"].rpartition("/")[2]]
    if "enum" in items:
        return codes(items["enum"])
    return "mappings" if items.get("type") == "object" else "names"


def _integer(schema: Schema) -> str:
    first, last = schema.get("minimum"), schema.get("maximum")
    if first is not None and last is not None:
        return f"{first:,} to {last:,}"
    return f"{first:,} or more" if first is not None else "a whole number"
