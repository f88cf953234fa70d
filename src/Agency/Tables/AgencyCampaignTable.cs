using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency.Compliance;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>By what a client's batches call.</summary>
internal sealed record AgencyCampaign
{
    public const string Active = "active", Archived = "archived", NoConsent = "none", Sales = "sdr";

    public required Guid Id { get; init; }
    public required TenantId TenantId { get; init; }
    public required string ClientId { get; init; }
    public required string Name { get; init; }
    public required string Type { get; init; }
    public string? Description { get; init; }
    public string Status { get; init; } = Active;
    public string? Timezone { get; init; }
    /// <summary>None opens nothing.</summary>
    public required JsonArray CallingWindows { get; init; }
    public JsonObject RetryPolicy { get; init; } = [];
    public long MaxAttempts { get; init; }
    /// <summary>
    /// Attempts that one number may get on a day, by whichever campaign of the client; null for as many as anybody likes.
    /// </summary>
    public long? DailyAttemptCap { get; init; }
    public required string ConsentRequired { get; init; }
    /// <summary>What is found out of each call beside what of all calls is; null for nothing.</summary>
    public JsonObject? AnalysisProfile { get; init; }
    /// <summary>Who answers for windows beyond the law's, when and why; null for nobody.</summary>
    public JsonObject? LegalOverride { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }
}

/// <summary>What came of changing a campaign.</summary>
internal enum CampaignChange { Done, Unknown, NameTaken, Archived, TypeLocked, InUse, BeyondLaw, OtherVersion }

/// <summary>The rows of <c>campaigns</c>.</summary>
internal sealed class AgencyCampaignTable(Database store)
{
    /// <summary>Contacts of one write: calls write between two.</summary>
    private const int Step = 500;

    private const string Columns = """
        id, tenant_id, client_id, name, cast(type as text) as type, description, status, timezone, calling_windows, retry_policy,
            max_attempts, daily_attempt_cap, consent_required, analysis_profile, legal_override, created_at, updated_at, archived_at
        """;
    internal const string SelectById = $"select {Columns} from campaigns where tenant_id = @tenant and id = @id";
    private const string Of = """
        from campaigns where tenant_id = @tenant and (@client = '' or client_id = @client)
            and (@type = '' or cast(type as text) = @type) and (@status = '' or status = @status)
        """;
    internal const string SelectPage = $"select {Columns} {Of} order by created_at, id limit @limit offset @offset";
    internal const string Count = $"select count(*) {Of}";
    internal const string CountName = """
        select count(*) from campaigns where tenant_id = @tenant and client_id = @client and lower(name) = lower(@name) and id <> @id
            and archived_at is null
        """;
    internal const string Insert = """
        insert into campaigns (id, tenant_id, client_id, name, type, description, status, timezone, calling_windows, retry_policy,
            max_attempts, daily_attempt_cap, consent_required, analysis_profile, created_at, updated_at)
        values (@id, @tenant, @client, @name, @type, @description, @status, @timezone, @windows, @retries, @attempts, @cap, @consent,
            @profile, @at, @at)
        """;
    internal const string Update = """
        update campaigns set name = @name, type = @type, description = @description, status = @status, timezone = @timezone,
            calling_windows = @windows, retry_policy = @retries, max_attempts = @attempts, daily_attempt_cap = @cap,
            consent_required = @consent,
            analysis_profile = @profile, legal_override = @legal, updated_at = @at, archived_at = @archived
        where tenant_id = @tenant and id = @id
        """;
    /// <summary>Calls of its batches: by what they are judged they are judged for good.</summary>
    internal const string CountCalls = """
        select count(*) from campaign_contacts where tenant_id = @tenant and campaign_id = @id and call_id is not null
        """;
    internal const string CountOpenBatches = """
        select count(*) from call_batches where tenant_id = @tenant and campaign_id = @id
            and cast(status as text) not in ('completed', 'failed')
        """;

    internal const string CountBatches = "select count(*) from call_batches where tenant_id = @tenant and campaign_id = @id";
    internal const string RemoveWaiting = """
        delete from campaign_contacts where tenant_id = @tenant and id in (
            select id from campaign_contacts where tenant_id = @tenant and campaign_id = @id and batch_id is null limit @step)
        """;
    internal const string FreeAgents =
        "update agent_mappings set campaign_id = null, updated_at = @at where tenant_id = @tenant and campaign_id = @id";
    internal const string RemoveImports = "delete from imports where tenant_id = @tenant and campaign_id = @id";
    internal const string Remove = "delete from campaigns where tenant_id = @tenant and id = @id";

    public ValueTask<AgencyCampaign?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => Find(db, agency, id), stop);

    public ValueTask<(IReadOnlyList<AgencyCampaign> Rows, long Total)> ListAsync(TenantId agency, string client, string type,
        string status, int offset, int limit, CancellationToken stop)
    {
        var which = new { tenant = agency, client, type, status, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<AgencyCampaign>, long)>(db => (
            [.. db.Query<Row>(SelectPage, which).Select(row => row.ToCampaign())], db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <returns>Unknown where its client was deleted meanwhile.</returns>
    public ValueTask<CampaignChange> AddAsync(AgencyCampaign campaign, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            if (!TenancyTable.Holds(db, campaign.TenantId, campaign.ClientId)) return CampaignChange.Unknown;
            if (IsTaken(db, campaign)) return CampaignChange.NameTaken;
            if (LegalHours.AreLeft(campaign.CallingWindows)) return CampaignChange.BeyondLaw;
            db.Execute(Insert, Values(campaign));
            AuditTable.Write(db, note);
            return CampaignChange.Done;
        }, stop);

    /// <summary>Reads and writes at once, so that of two changes neither undoes the other's.</summary>
    /// <param name="change">Null where it was made of another version.</param>
    public ValueTask<(CampaignChange Change, AgencyCampaign? Now)> ChangeAsync(TenantId agency, Guid id,
        Func<AgencyCampaign, AgencyCampaign?> change, Func<AgencyCampaign, AgencyCampaign, AuditNote> note, CancellationToken stop) =>
        store.Sql.WriteAsync<(CampaignChange, AgencyCampaign?)>(db =>
        {
            var which = new { tenant = agency, id };
            if (Find(db, agency, id) is not { } before) return (CampaignChange.Unknown, null);
            if (before.Status is AgencyCampaign.Archived) return (CampaignChange.Archived, null);
            if (change(before) is not { } changed) return (CampaignChange.OtherVersion, null);
            var after = changed with { UpdatedAt = RowVersion.Next(before.UpdatedAt, changed.UpdatedAt) };
            if (IsTaken(db, after)) return (CampaignChange.NameTaken, null);
            if (IsBeyondLaw(before, after)) return (CampaignChange.BeyondLaw, null);
            if (after.Type != before.Type && db.ExecuteScalar<long>(CountCalls, which) > 0) return (CampaignChange.TypeLocked, null);
            if (after.Status is AgencyCampaign.Archived && db.ExecuteScalar<long>(CountOpenBatches, which) > 0)
                return (CampaignChange.InUse, null);
            db.Execute(Update, Values(after));
            AuditTable.Write(db, note(before, after));
            return (CampaignChange.Done, after);
        }, stop);

    /// <summary>Agents that are its are no campaign's afterwards.</summary>
    public async ValueTask<CampaignChange> RemoveAsync(TenantId agency, Guid id, DateTimeOffset at, AuditNote note, CancellationToken stop)
    {
        var which = new { tenant = agency, id, at, step = Step };
        bool IsUsed(IDbConnection db) => db.ExecuteScalar<long>(CountBatches, which) > 0;
        while (await store.Sql.WriteAsync(db => IsUsed(db) ? 0 : db.Execute(RemoveWaiting, which), stop) > 0) { }
        return await store.Sql.WriteAsync(db =>
        {
            if (IsUsed(db)) return CampaignChange.InUse;
            // Those that came meanwhile.
            while (db.Execute(RemoveWaiting, which) > 0) { }
            db.Execute(RemoveImports, which);
            db.Execute(FreeAgents, which);
            if (db.Execute(Remove, which) == 0) return CampaignChange.Unknown;
            AuditTable.Write(db, note);
            return CampaignChange.Done;
        }, stop);
    }

    /// <summary>What was written before there was such a rule stays until somebody changes it.</summary>
    private static bool IsBeyondLaw(AgencyCampaign before, AgencyCampaign after) =>
        after.LegalOverride is null && LegalHours.AreLeft(after.CallingWindows)
        && (before.LegalOverride is not null || !JsonNode.DeepEquals(before.CallingWindows, after.CallingWindows));

    private bool IsTaken(IDbConnection db, AgencyCampaign campaign) => campaign.Status is not AgencyCampaign.Archived
        && db.ExecuteScalar<long>(store.Sql.Folded(CountName), Values(campaign)) > 0;

    public static AgencyCampaign? Find(IDbConnection db, TenantId agency, Guid id) =>
        db.Query<Row>(SelectById, new { tenant = agency, id }).FirstOrDefault()?.ToCampaign();

    private static object Values(AgencyCampaign campaign) => new
    {
        id = campaign.Id, tenant = campaign.TenantId, client = campaign.ClientId, name = campaign.Name, type = campaign.Type,
        description = campaign.Description, status = campaign.Status, timezone = campaign.Timezone,
        windows = campaign.CallingWindows.ToJsonString(), retries = campaign.RetryPolicy, attempts = campaign.MaxAttempts,
        cap = campaign.DailyAttemptCap,
        consent = campaign.ConsentRequired, profile = campaign.AnalysisProfile?.ToJsonString(), at = campaign.UpdatedAt,
        legal = campaign.LegalOverride?.ToJsonString(), archived = campaign.ArchivedAt,
    };

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public string ClientId { get; init; } = "";
        public string Name { get; init; } = "";
        public string Type { get; init; } = "";
        public string? Description { get; init; }
        public string Status { get; init; } = "";
        public string? Timezone { get; init; }
        public string? CallingWindows { get; init; }
        public JsonObject RetryPolicy { get; init; } = [];
        public long MaxAttempts { get; init; }
        public long? DailyAttemptCap { get; init; }
        public string ConsentRequired { get; init; } = "";
        public JsonObject? AnalysisProfile { get; init; }
        public JsonObject? LegalOverride { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
        public DateTimeOffset? ArchivedAt { get; init; }

        public AgencyCampaign ToCampaign() => new()
        {
            Id = Id, TenantId = TenantId, ClientId = ClientId, Name = Name, Type = Type, Description = Description, Status = Status,
            Timezone = Timezone,
            // Older nodes let a campaign have none.
            CallingWindows = CallingWindows is { } windows ? JsonNode.Parse(windows)!.AsArray() : UsualHours.Of([]),     // written by us
            RetryPolicy = RetryPolicy, MaxAttempts = MaxAttempts, DailyAttemptCap = DailyAttemptCap,
            ConsentRequired = ConsentRequired, AnalysisProfile = AnalysisProfile,
            LegalOverride = LegalOverride, CreatedAt = CreatedAt, UpdatedAt = UpdatedAt, ArchivedAt = ArchivedAt,
        };
    }
}
