using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Account;

/// <summary>Accounts, who may use them and from where, and what they leave behind.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(AccountParts parts)
    {
        var (groups, providers) = (BillingGroups.Kind(parts), AuthenticationProviders.Kind(parts));
        return
        [
            Handle("GetWebhookDeliveries", op => WebhookDeliveries.List(op, parts)),
            Handle("GetWebhookDelivery", op => WebhookDeliveries.Get(op, parts)),
            Handle("GetBlackBoxTestResults", op => SelfTests.List(op, parts.SelfTest)),
            Handle("ReplayWebhookDelivery", op => WebhookDeliveries.Replay(op, parts)),
            Handle("CreateWebhookReplay", op => WebhookReplays.Create(op, parts)),
            Handle("ListWebhookReplays", op => WebhookReplays.List(op, parts)),
            Handle("GetWebhookReplay", op => WebhookReplays.Get(op, parts)),
            Handle("CancelWebhookReplay", op => WebhookReplays.Cancel(op, parts)),
            Handle("GetWebhookSettings", op => WebhookSettings.Get(op)),
            Handle("UpdateWebhookSettings", op => WebhookSettings.Update(op, parts)),
            Handle("StreamEvents", op => EventStreams.Open(op, parts)),
            Handle("GetPublicKey", op => PublicKey.Handle(op, parts)),
            Handle("RetrieveIdentity", op => new(KeyIdentity.Handle(op))),

            Handle("ListManagedAccounts", op => ManagedAccounts.List(op, parts)),
            Handle("CreateManagedAccount", op => ManagedAccounts.Create(op, parts)),
            Handle("RetrieveManagedAccount", op => ManagedAccounts.Get(op, parts)),
            Handle("UpdateManagedAccount", op => ManagedAccounts.Update(op, parts)),
            Handle("DisableManagedAccount", op => ManagedAccounts.Disable(op, parts)),
            Handle("EnableManagedAccount", op => ManagedAccounts.Enable(op, parts)),
            Handle("ListAllocatableGlobalOutboundChannels", op => ManagedChannels.Allocatable(op, parts)),
            Handle("UpdateManagedAccountGlobalChannelLimit", op => ManagedChannels.Update(op, parts)),

            Crud("ListAccessIpAddresses", AccessAddresses.Kind),
            Crud("CreateAccessIpAddress", AccessAddresses.Kind),
            Crud("GetAccessIpAddress", AccessAddresses.Kind),
            Crud("DeleteAccessIpAddress", AccessAddresses.Kind),
            Crud("ListAccessIpRanges", AccessRanges.Kind),
            Crud("CreateAccessIPRange", AccessRanges.Kind),
            Crud("delete /access_ip_ranges/{access_ip_range_id}", AccessRanges.Kind),

            Crud("FindAuthenticationProviders", providers),
            Crud("CreateAuthenticationProvider", providers),
            Crud("GetAuthenticationProvider", providers),
            Crud("UpdateAuthenticationProvider", providers),
            Crud("DeleteAuthenticationProvider", providers),

            Crud("list_integration_secrets", IntegrationSecrets.Kind),
            Crud("create_integration_secret", IntegrationSecrets.Kind),
            Crud("delete_integration_secret", IntegrationSecrets.Kind),

            Crud("ListBillingGroups", groups),
            Crud("CreateBillingGroup", groups),
            Crud("GetBillingGroup", groups),
            Crud("UpdateBillingGroup", groups),
            Crud("DeleteBillingGroup", groups),

            Handle("GetUserTags", op => UserTags.Handle(op, parts)),
            Handle("ListAuditLogs", op => AuditEvents.List(op, parts)),
        ];
    }
}
