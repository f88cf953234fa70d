using System.Reflection;
using System.Text.RegularExpressions;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Areas;

namespace Ringwright.Edge.Store;

/// <summary>Reads every SQL text of the store and of the modules.</summary>
public sealed partial class StatementTests
{
    // They belong to the node or the operator, not to a tenant.
    private static readonly string[] TablesOfNobody = [.. StoreAreas.Join(NodeModules.Areas).Tables
        .Where(t => !t.IsOfTenants).Select(t => t.Name)];

    // A module may have tables, and statements on them.
    private static readonly Assembly[] Assemblies =
    [
        .. typeof(NodeModules).Assembly.GetReferencedAssemblies()
            .Where(name => name.Name!.StartsWith("Ringwright.", StringComparison.Ordinal)).Select(Assembly.Load), // has one
    ];

    private static List<(string Where, string Sql)> Statements =>
    [
        .. from assembly in Assemblies
           from type in assembly.GetTypes()
           from constant in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           where constant.IsLiteral && constant.FieldType == typeof(string)
           let sql = (string)constant.GetRawConstantValue()!
           where Table().IsMatch(sql)
           select ($"{type.Name}.{constant.Name}", sql),
    ];

    [Fact]
    public void A_statement_names_its_tenant_or_says_in_its_name_that_it_serves_all()
    {
        var bad = new List<string>();
        foreach (var (where, sql) in Statements)
        {
            if (Table().Matches(sql).All(t => TablesOfNobody.Contains(t.Value))) continue;
            bool isInsert = sql.StartsWith("insert", StringComparison.Ordinal);
            bool isScoped = isInsert ? sql.Contains("tenant_id", StringComparison.Ordinal) : TenantCondition().IsMatch(sql);
            bool saysSo = where.EndsWith("AllTenants", StringComparison.Ordinal);
            if (isScoped == saysSo) bad.Add(where);
        }
        Assert.Empty(bad);
    }

    [Fact]
    public void Those_that_serve_all_tenants_are_these()
    {
        string[] known =
        [
            "ApiKeyTable.SelectByHashAllTenants",            // who asks is found by it
            "ApiKeyTable.SelectAllTenants",                  // the operator names a key by its id
            "ConnectionTable.SelectAllTenants", "ConnectionAddressTable.SelectAllTenants", "ConnectionHostTable.SelectAllTenants",
            "SipCredentialTable.SelectAllTenants", "AccessNetworkTable.SelectAllTenants",
            "NumberTable.SelectAllTenants", "OutboundProfileTable.SelectAllTenants", "MoneyAccountTable.SelectAllTenants",
            "VerifiedNumberTable.SelectAllTenants", "WaitingMessageTable.SelectAllTenants",
            "MailboxTable.SelectAllTenants", // the routing snapshot
            // and what has changed in it
            "NumberTable.SelectByTextAllTenants", "SipCredentialTable.SelectByNameAllTenants", "VerifiedNumberTable.SelectByTextAllTenants",
            // a number has one owner on the node, an address too
            "NumberTable.CountTextAllTenants", "ConnectionAddressTable.SelectFirstAllTenants",
            "VerifiedNumberTable.DeleteOwnedAllTenants", // whoever owns the number shows it
            "VerificationTable.SelectTimesAllTenants", "VerificationTable.DeleteOldAllTenants", // nobody is called too often, whoever asks
            "LegTable.SelectUpAllTenants", "LegTable.CountUpAllTenants", // snapshots know nothing of calls that are up
            "LegTable.SelectLiveAllTenants", "RecordingTable.SelectOpenAllTenants", "RecordingTable.SelectBytesAllTenants",
            "RecoveryByeTable.SelectAllTenants", "LegTable.SelectRecoveryByesAllTenants",
            "QueueTable.SelectAllTenants", // recovery at start
            "OutboxTable.SelectPendingAllTenants", "OutboxTable.CountAllTenants", "OutboxTable.SelectNewAllTenants",
            "OutboxTable.SelectDueAllTenants", "OutboxTable.HastenAllTenants", "OutboxTable.SelectHandedOverAllTenants",
            "OutboxTable.CountStrayAllTenants", "OutboxTable.TakeStrayAllTenants", "OutboxTable.TakeRestAllTenants",
            "OutboxTable.TakeOverAllTenants", "OutboxTable.CountOfNodeAllTenants", "OutboxTable.SelectOldestAllTenants", // delivery
            "MoneyTable.SelectBalancesAllTenants", "MoneyTable.SelectSpentAllTenants", // what the gate knows at start
            // the operator's
            "PaymentRequestTable.SelectAllTenants", "PaymentRequestTable.SelectByIdAllTenants", "RateDeckTable.CountUsesAllTenants",
            "StreamTable.SelectListenersAllTenants",         // whose events are kept
            "DocumentTable.SelectKindAllTenants",            // whom to notify
            "CampaignTable.SelectRunningAllTenants", "DialAttemptTable.SelectEndedAllTenants", "DialAttemptTable.SelectClaimedAllTenants",
            "DialAttemptTable.SelectOtherNodesAllTenants", // the dialler
            "CampaignsArea.SelectAttemptsAllTenants", // what outlives accounts
            "FlowRunTable.SelectOtherAllTenants", "FlowRunTable.SelectRunningAllTenants", // whose it is; what an earlier process left
            // an API says whose it is, and a login names no account
            "DocumentTable.SelectOtherAllTenants", "DocumentTable.SelectNamedAllTenants", "LegTable.SelectOtherAllTenants",
            "CampaignFaces.SelectOtherCampaignAllTenants", "CampaignFaces.SelectOtherListAllTenants",
            "CampaignFaces.SelectOtherTargetAllTenants", "DialAttemptTable.SelectOtherAllTenants",
            "TraceTable.PruneAllTenants",
            // what the operator sees of all
            "LiveConferenceTable.SelectAllTenants", "LiveConferenceTable.CountAllTenants", "LiveQueueTable.SelectAllTenants",
            "LiveQueueTable.CountAllTenants", "MessageTable.SelectMailboxesAllTenants", "MessageTable.CountMailboxesAllTenants",
            "ConferenceTable.SelectLiveAllTenants",         // what an earlier process left, to be ended at start
            "JobTable.SelectDueAllTenants", "JobTable.SelectNextDueAllTenants", "JobTable.TakeAllTenants", // the node does the jobs of all
            "StateTable.SelectDueAllTenants", "StateTable.SelectNextDueAllTenants", // and makes the moves of all whose time has come
            "StateTable.SelectWaitingAllTenants", "StateTable.CountWaitingAllTenants", // the operator decides for all
            "ApiKeyTable.SelectHashesAllTenants",            // which keys there are, before it is known whose
            "OAuthClientTable.SelectAllTenants", "OAuthClientTable.CountAllTenants", // a program asks before it is known whose it is
            // those that registered themselves
            "OAuthClientTable.UnusedAllTenants", "OAuthClientTable.CountUnusedAllTenants", "OAuthClientTable.DeleteUnusedAllTenants",
            "OAuthTokenTable.SelectCodeAllTenants", "OAuthTokenTable.SelectFamilyAllTenants", "OAuthTokenTable.SelectByRefreshAllTenants",
            "OAuthTokenTable.JoinedAllTenants", // a token says whose it is
            "OAuthTokenTable.DeleteCodesAllTenants", "OAuthTokenTable.DeleteOldRefreshAllTenants",
            "OAuthTokenTable.DeleteOldFamiliesAllTenants", "OAuthGrantTable.DeleteConsentsAllTenants", // what is over
            "UserBundleTable.SelectDueAllTenants",           // the months of all that have begun
            "HostedDocumentTable.SelectByTokenAllTenants",   // who knows the token reads the document
            // the platform's list, which is nobody's, what is kept in memory of all, and what outlives accounts
            "DoNotCallTable.SelectPlatformAllTenants", "DoNotCallTable.DeletePlatformAllTenants",
            "DoNotCallTable.SelectPlatformPageAllTenants", "DoNotCallTable.CountPlatformAllTenants", "DoNotCallTable.SelectKeysAllTenants",
            "DoNotCallTable.SelectByIdAllTenants",
            "ContactTombstones.SelectEntriesAllTenants", "ContactTombstones.SelectConsentsAllTenants",
            "MediaTable.DeleteExpiredAllTenants", "MediaTable.SelectFilesAllTenants", // the sweep
        ];
        var found = Statements.Where(s => s.Where.EndsWith("AllTenants", StringComparison.Ordinal)
            && !s.Where.StartsWith("TenantTable.", StringComparison.Ordinal)).Select(s => s.Where);
        Assert.Equal(known.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void There_are_statements_to_read() => Assert.True(Statements.Count > 40, $"{Statements.Count} found");

    [GeneratedRegex(@"\brw_[a-z_]+")]
    private static partial Regex Table();

    [GeneratedRegex(@"\bwhere\s+tenant_id = @tenant\b")]
    private static partial Regex TenantCondition();
}
