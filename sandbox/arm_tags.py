"""The service tags that a rule of a network security group can name.

articles/virtual-network/service-tags-overview.md in MicrosoftDocs/azure-docs (2021), the table of
available tags: those usable in network security groups, spelled as there.
"""

from __future__ import annotations

import re
from typing import Final

TAGS: Final = frozenset(
    {
        "ActionGroup",
        "ApiManagement",
        "ApplicationInsightsAvailability",
        "AppConfiguration",
        "AppService",
        "AppServiceManagement",
        "AzureActiveDirectory",
        "AzureActiveDirectoryDomainServices",
        "AzureAdvancedThreatProtection",
        "AzureArcInfrastructure",
        "AzureBackup",
        "AzureBotService",
        "AzureCloud",
        "AzureCognitiveSearch",
        "AzureConnectors",
        "AzureContainerRegistry",
        "AzureCosmosDB",
        "AzureDatabricks",
        "AzureDataExplorerManagement",
        "AzureDataLake",
        "AzureDevOps",
        "AzureDevSpaces",
        "AzureDigitalTwins",
        "AzureEventGrid",
        "AzureFrontDoor.Backend",
        "AzureFrontDoor.FirstParty",
        "AzureFrontDoor.Frontend",
        "AzureInformationProtection",
        "AzureIoTHub",
        "AzureKeyVault",
        "AzureLoadBalancer",
        "AzureMachineLearning",
        "AzureMonitor",
        "AzureOpenDatasets",
        "AzurePlatformDNS",
        "AzurePlatformIMDS",
        "AzurePlatformLKM",
        "AzureResourceManager",
        "AzureSignalR",
        "AzureSiteRecovery",
        "AzureSphere",
        "AzureStack",
        "AzureTrafficManager",
        "AzureUpdateDelivery",
        "BatchNodeManagement",
        "CognitiveServicesManagement",
        "DataFactory",
        "DataFactoryManagement",
        "Dynamics365ForMarketingEmail",
        "EOPExternalPublishedIPs",
        "EventHub",
        "GatewayManager",
        "GenevaActions",
        "GuestAndHybridManagement",
        "HDInsight",
        "Internet",
        "LogicApps",
        "LogicAppsManagement",
        "MicrosoftAzureFluidRelay",
        "MicrosoftCloudAppSecurity",
        "MicrosoftContainerRegistry",
        "MicrosoftDefenderForEndpoint",
        "PowerBI",
        "PowerPlatformInfra",
        "PowerPlatformPlex",
        "PowerQueryOnline",
        "ServiceBus",
        "ServiceFabric",
        "Sql",
        "SqlManagement",
        "Storage",
        "StorageSyncService",
        "VirtualNetwork",
        "WindowsAdminCenter",
        "WindowsVirtualDesktop",
    }
)

REGIONAL: Final = frozenset(
    {
        "ApiManagement",
        "AppService",
        "AzureBackup",
        "AzureCloud",
        "AzureConnectors",
        "AzureContainerRegistry",
        "AzureCosmosDB",
        "AzureIoTHub",
        "AzureKeyVault",
        "BatchNodeManagement",
        "DataFactory",
        "EventHub",
        "HDInsight",
        "LogicApps",
        "MicrosoftContainerRegistry",
        "PowerQueryOnline",
        "ServiceBus",
        "Sql",
        "Storage",
    }
)
"""Tags that also exist for one region, as in ``Storage.WestEurope``."""

_REGION = re.compile(r"[A-Za-z]+\d?")


def is_service_tag(value: str) -> bool:
    """Whether *value* is a tag, spelled as Azure does; a region's own tag is one too."""
    if value in TAGS:
        return True
    tag, dot, region = value.partition(".")
    return bool(dot) and tag in REGIONAL and _REGION.fullmatch(region) is not None
