using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency.Billing;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>An account as this API shows it.</summary>
internal sealed record AgencyRow
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public string Slug { get; init; } = "";
    public JsonObject Settings { get; init; } = [];
    /// <summary>Null until somebody has said something.</summary>
    public JsonObject? Branding { get; init; }
    public string Timezone { get; init; } = "UTC";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>An account below another one as this API shows it.</summary>
internal sealed record ClientRow
{
    public const string Active = "active", Suspended = "suspended";

    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public string Slug { get; init; } = "";
    /// <summary>Suspended while its account is switched off, by whichever API.</summary>
    public string Status { get; init; } = Active;
    public string? ContactEmail { get; init; }
    public string? ContactPhone { get; init; }
    public string? Timezone { get; init; }
    /// <summary>What its agency asks of it; null for nothing.</summary>
    public Guid? RatePlanId { get; init; }
    /// <summary>Since when.</summary>
    public DateTimeOffset? RatedFrom { get; init; }
    /// <summary>What its users may, in place of the table; null for nothing.</summary>
    public JsonObject? Permissions { get; init; }
    /// <summary>How much its agency allows it, beside its calls at a time; null for no limit.</summary>
    public JsonObject? Limits { get; init; }
    /// <summary>How pages for it look, in place of its agency's brand; null for as that.</summary>
    public JsonObject? Branding { get; init; }
    /// <summary>Its calls at a time, as its account has it; null for no limit of its own.</summary>
    public int? MaxConcurrent { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
}

/// <summary>What came of changing a client.</summary>
internal enum ClientChange { Done, Unknown, PlanGone }

/// <summary>
/// Agencies and clients. Both are accounts: a row has what this API says beside what the account is, and is written when it is first
/// needed, because accounts are also made by others.
/// </summary>
internal sealed class TenancyTable(Database store)
{
    private const string AgencyColumns = "id, name, slug, settings, branding, timezone, created_at, updated_at";
    private const string ClientColumns =
        "id, name, slug, status, contact_email, contact_phone, timezone, rate_plan_id, rated_from, permissions, limits, branding, "
        + "created_at, updated_at, deleted_at";
    internal const string SelectAgency = $"select {AgencyColumns} from agencies where tenant_id = @tenant";
    internal const string InsertAgency = """
        insert into agencies (id, tenant_id, name, slug, settings, timezone, created_at, updated_at)
        values (@tenant, @tenant, @name, @slug, @settings, 'UTC', @at, @at) on conflict (id) do nothing
        """;
    internal const string UpdateAgency =
        "update agencies set name = @name, timezone = @timezone, settings = @settings, updated_at = @at where tenant_id = @tenant";
    internal const string UpdateBranding = "update agencies set branding = @branding, updated_at = @at where tenant_id = @tenant";
    internal const string SelectClients = $"select {ClientColumns} from clients where tenant_id = @tenant order by created_at, id";
    internal const string SelectClient = $"select {ClientColumns} from clients where tenant_id = @tenant and id = @id";
    internal const string InsertClient = """
        insert into clients (id, tenant_id, name, slug, status, contact_email, contact_phone, timezone, rate_plan_id, rated_from,
            permissions, limits, branding, created_at, updated_at)
        values (@id, @tenant, @name, @slug, 'active', @email, @phone, @timezone, @plan, @rated, @granted, @limits, @brand, @at, @at)
        on conflict (id) do nothing
        """;
    internal const string UpdateClient = """
        update clients set name = @name, contact_email = @email, contact_phone = @phone, timezone = @timezone, rate_plan_id = @plan,
            rated_from = @rated, permissions = @granted, limits = @limits, branding = @brand, updated_at = @at
        where tenant_id = @tenant and id = @id
        """;
    internal const string HoldAgency = "update agencies set updated_at = updated_at where tenant_id = @tenant";
    internal const string HoldClient =
        "update clients set updated_at = updated_at where tenant_id = @tenant and id = @client and deleted_at is null";
    internal const string CountContacts = """
        select count(*) from campaign_contacts where tenant_id = @tenant
            and campaign_id in (select id from campaigns where tenant_id = @tenant and client_id = @client)
        """;
    internal const string CountSlug = "select count(*) from clients where tenant_id = @tenant and slug = @slug";
    // Of all agencies: a slug is one on the node.
    internal const string CountAgencySlugAllTenants = "select count(*) from agencies where slug = @slug and tenant_id is not null";

    public async ValueTask<AgencyRow> AgencyAsync(TenantId agency, CancellationToken stop)
    {
        if (await store.Sql.ReadAsync(db => db.QueryFirstOrDefault<AgencyRow>(SelectAgency, new { tenant = agency }), stop) is { } known)
            return known;
        string name = store.Routing.Current.FindTenant(agency)?.Name ?? "agency";
        var made = new
        {
            tenant = agency, name, slug = AgencyText.SlugOf(name, agency.Value), settings = new JsonObject(), at = store.Time.GetUtcNow(),
        };
        return await store.Sql.WriteAsync(db =>
        {
            db.Execute(InsertAgency, made);
            return db.QueryFirst<AgencyRow>(SelectAgency, new { tenant = agency });
        }, stop);
    }

    public async ValueTask<bool> IsAgencySlugTakenAsync(string slug, CancellationToken stop) =>
        await store.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountAgencySlugAllTenants, new { slug }), stop) > 0;

    /// <summary>The row of an account that has just been made. A slug that was taken meanwhile is another one.</summary>
    public async ValueTask<AgencyRow> AddAgencyAsync(Tenant account, string? slug, AuditNote note, CancellationToken stop)
    {
        var (tenant, at) = (account.Id, store.Time.GetUtcNow());
        await store.Sql.WriteAsync(db =>
        {
            string named = slug is not null && db.ExecuteScalar<long>(CountAgencySlugAllTenants, new { slug }) == 0 ? slug
                : AgencyText.SlugOf(account.Name, tenant.Value);
            db.Execute(InsertAgency, new { tenant, name = account.Name, slug = named, settings = new JsonObject(), at });
            AuditTable.Write(db, note);
            return true;
        }, stop);
        return await AgencyAsync(tenant, stop);
    }

    /// <summary>Reads and writes at once, so that of two changes neither undoes the other's. Its row is there.</summary>
    /// <returns>As it is then.</returns>
    public ValueTask<AgencyRow> ChangeAgencyAsync(TenantId agency, Func<AgencyRow, AgencyRow> change,
        Func<AgencyRow, AgencyRow, AuditNote> note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        var before = db.QueryFirst<AgencyRow>(SelectAgency, new { tenant = agency });
        var after = change(before);
        db.Execute(UpdateAgency, new
        {
            tenant = agency, name = after.Name, timezone = after.Timezone, settings = after.Settings, at = after.UpdatedAt,
        });
        // What is billed of calls is kept by hours, which are added up anew.
        if (BillingIncrement.Of(before.Settings) != BillingIncrement.Of(after.Settings))
            foreach (var account in store.Routing.Current.Tenants.Where(one => one.Id == agency || one.Parent == agency))
                db.Execute(FigureHourTable.Reopen, new { tenant = account.Id });
        AuditTable.Write(db, note(before, after));
        return after;
    }, stop);

    /// <summary>Reads and writes at once, so that of two changes neither undoes the other's.</summary>
    /// <returns>As it is then.</returns>
    public ValueTask<JsonObject> BrandAsync(TenantId agency, Func<JsonObject, JsonObject> change, DateTimeOffset at,
        Func<JsonObject, JsonObject, AuditNote> note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        var before = db.QueryFirst<AgencyRow>(SelectAgency, new { tenant = agency }).Branding ?? [];
        var after = change(before);
        db.Execute(UpdateBranding, new { tenant = agency, branding = after, at });
        AuditTable.Write(db, note(before, after));
        return after;
    }, stop);

    /// <summary>All of them, oldest first: also those that others have made, and none that was deleted.</summary>
    public async ValueTask<IReadOnlyList<ClientRow>> ClientsAsync(TenantId agency, CancellationToken stop)
    {
        var accounts = store.Routing.Current.Tenants.Where(tenant => tenant.Parent == agency).ToDictionary(tenant => tenant.Id.Value);
        var rows = await store.Sql.ReadAsync(db => db.Query<ClientRow>(SelectClients, new { tenant = agency }).AsList(), stop);
        var missing = accounts.Values.Where(account => rows.All(row => row.Id != account.Id.Value)).ToList();
        if (missing.Count > 0)
        {
            rows = await store.Sql.WriteAsync(db =>
            {
                foreach (var account in missing)
                    db.Execute(InsertClient, Values(agency, new()
                    {
                        Id = account.Id.Value, Name = account.Name, Slug = AgencyText.SlugOf(account.Name, account.Id.Value),
                        UpdatedAt = store.Time.GetUtcNow(),
                    }));
                return db.Query<ClientRow>(SelectClients, new { tenant = agency }).AsList();
            }, stop);
        }
        return
        [
            .. rows.Where(row => accounts.ContainsKey(row.Id) && row.DeletedAt is null)
                .Select(row => AsItIs(row, accounts[row.Id])),
        ];
    }

    /// <summary>Its row alone is read, but for one that others have made and that nobody has asked for yet.</summary>
    public async ValueTask<ClientRow?> ClientAsync(TenantId agency, string? id, CancellationToken stop)
    {
        if (!Guid.TryParse(id, out var read) || store.Routing.Current.FindTenant(new(read)) is not { } account
                || account.Parent != agency)
            return null;
        var row = await store.Sql.ReadAsync(
            db => db.QueryFirstOrDefault<ClientRow>(SelectClient, new { tenant = agency, id = read }), stop);
        return row is null ? (await ClientsAsync(agency, stop)).FirstOrDefault(one => one.Id == read)
            : row.DeletedAt is null ? AsItIs(row, account) : null;
    }

    private static ClientRow AsItIs(ClientRow row, Tenant account) => row with
    {
        Status = account.IsDisabled ? ClientRow.Suspended : row.Status,
        MaxConcurrent = account.Limits.Channels,
    };

    public async ValueTask<bool> HasSlugAsync(TenantId agency, string slug, CancellationToken stop) =>
        await store.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountSlug, new { tenant = agency, slug }), stop) > 0;

    /// <summary>Of all its campaigns, in batches and waiting for one.</summary>
    public ValueTask<long> CountContactsAsync(TenantId agency, string client, CancellationToken stop) =>
        store.Sql.ReadAsync(db => CountContactsOf(db, agency, client), stop);

    internal static long CountContactsOf(IDbConnection db, TenantId agency, string client) =>
        db.ExecuteScalar<long>(CountContacts, new { tenant = agency, client });

    /// <summary>The account is there already.</summary>
    /// <returns>Done; or PlanGone: its plan was deleted meanwhile, and it is there without one, for it to be removed.</returns>
    public ValueTask<ClientChange> AddClientAsync(TenantId agency, ClientRow wanted, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            bool isRated = RatePlanTable.Holds(db, agency, wanted.RatePlanId);
            db.Execute(InsertClient, Values(agency, isRated ? wanted : wanted with { RatePlanId = null, RatedFrom = null }));
            if (!isRated) return ClientChange.PlanGone;
            AuditTable.Write(db, note);
            return ClientChange.Done;
        }, stop);

    /// <summary>Reads and writes at once, so that of two changes neither undoes the other's.</summary>
    public ValueTask<(ClientChange Change, ClientRow? Now)> ChangeClientAsync(TenantId agency, Guid id, Func<ClientRow, ClientRow> change,
        Func<ClientRow, ClientRow, AuditNote> note, CancellationToken stop) => store.Sql.WriteAsync<(ClientChange, ClientRow?)>(db =>
    {
        if (!Holds(db, agency, id.ToString())) return (ClientChange.Unknown, null);
        var before = db.QueryFirst<ClientRow>(SelectClient, new { tenant = agency, id });
        var after = change(before);
        if (!RatePlanTable.Holds(db, agency, after.RatePlanId)) return (ClientChange.PlanGone, null);
        db.Execute(UpdateClient, Values(agency, after));
        AuditTable.Write(db, note(before, after));
        return (ClientChange.Done, after);
    }, stop);

    /// <summary>Within a write that adds something to a client: whoever deletes that waits until it is over, or has deleted it.</summary>
    /// <param name="client">Null for what is the agency's.</param>
    /// <returns>False when it is deleted.</returns>
    internal static bool Holds(IDbConnection db, TenantId agency, string? client) =>
        client is null || db.Execute(HoldClient, new { tenant = agency, client = Guid.Parse(client) }) > 0;

    /// <summary>
    /// Within a write that moves an agent or a number, or makes a batch that calls by them: of two such writes one waits until the other is
    /// over, and sees what it did.
    /// </summary>
    internal static void TakeTurn(IDbConnection db, TenantId agency) => db.Execute(HoldAgency, new { tenant = agency });

    /// <summary>As its row is; null when there is none.</summary>
    internal static ClientRow? FindClient(IDbConnection db, TenantId agency, string client) =>
        db.QueryFirstOrDefault<ClientRow>(SelectClient, new { tenant = agency, id = Guid.Parse(client) });

    private static object Values(TenantId agency, ClientRow row) => new
    {
        tenant = agency, id = row.Id, name = row.Name, slug = row.Slug, email = row.ContactEmail, phone = row.ContactPhone,
        timezone = row.Timezone, plan = row.RatePlanId, rated = row.RatedFrom, at = row.UpdatedAt,
        granted = row.Permissions?.ToJsonString(), limits = row.Limits?.ToJsonString(), brand = row.Branding?.ToJsonString(),
    };
}
