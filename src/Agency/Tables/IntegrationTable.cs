using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>How an agency and its provider of voices know each other, and its carrier; and a language model of its own.</summary>
internal sealed record IntegrationRow
{
    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string PathNonce { get; init; } = "";
    public string? OldPathNonce { get; init; }
    public DateTimeOffset? OldPathEndsAt { get; init; }
    /// <summary>Null for the provider's own.</summary>
    public string? BaseUrl { get; init; }
    /// <summary>Sealed, like the next.</summary>
    public string? ApiKey { get; init; }
    public string? SigningSecrets { get; init; }
    public string? KeyPrefix { get; init; }
    public DateTimeOffset? KeyAddedAt { get; init; }
    public DateTimeOffset? KeyValidatedAt { get; init; }
    /// <summary>Null for the carrier's own.</summary>
    public string? CarrierBaseUrl { get; init; }
    /// <summary>Sealed.</summary>
    public string? CarrierKey { get; init; }
    public string? CarrierKeyPrefix { get; init; }
    /// <summary>By which the carrier signs, in base64.</summary>
    public string? CarrierPublicKey { get; init; }
    /// <summary>How the carrier calls the agency.</summary>
    public string? CarrierAccount { get; init; }
    public DateTimeOffset? CarrierAddedAt { get; init; }
    public DateTimeOffset? CarrierValidatedAt { get; init; }
    /// <summary>Ids of what the agency has there.</summary>
    public string? CarrierApplication { get; init; }
    public string? CarrierProfile { get; init; }
    /// <summary>Since when the provider of voices calls by the carrier.</summary>
    public DateTimeOffset? TelephonyAt { get; init; }
    /// <summary>Null where the agency has no model of its own.</summary>
    public string? LlmBaseUrl { get; init; }
    /// <summary>Sealed.</summary>
    public string? LlmKey { get; init; }
    public string? LlmKeyPrefix { get; init; }
    public string? LlmModel { get; init; }
    public DateTimeOffset? LlmAddedAt { get; init; }
    public DateTimeOffset? LlmValidatedAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The rows of <c>agency_integrations</c>: one for an agency, made when somebody first asks for it.</summary>
internal sealed class IntegrationTable(Database store)
{
    private const string Columns = """
        id, tenant_id, path_nonce, old_path_nonce, old_path_ends_at, base_url, api_key, signing_secrets, key_prefix, key_added_at,
            key_validated_at, carrier_base_url, carrier_key, carrier_key_prefix, carrier_public_key, carrier_account, carrier_added_at,
            carrier_validated_at, carrier_application, carrier_profile, telephony_at, llm_base_url, llm_key, llm_key_prefix, llm_model,
            llm_added_at, llm_validated_at, created_at, updated_at
        """;
    internal const string Select = $"select {Columns} from agency_integrations where tenant_id = @tenant";
    internal const string SelectWithKeysAllTenants = $"""
        select {Columns} from agency_integrations where api_key is not null or carrier_key is not null or llm_key is not null
        order by created_at, id
        """;
    internal const string SelectWithModelAllTenants = $"select {Columns} from agency_integrations where llm_key is not null";
    internal const string Insert = """
        insert into agency_integrations (id, tenant_id, path_nonce, created_at, updated_at) values (@id, @tenant, @nonce, @at, @at)
        on conflict (tenant_id) do nothing
        """;
    internal const string Update = """
        update agency_integrations set path_nonce = @PathNonce, old_path_nonce = @OldPathNonce, old_path_ends_at = @OldPathEndsAt,
            base_url = @BaseUrl, api_key = @ApiKey, signing_secrets = @SigningSecrets, key_prefix = @KeyPrefix,
            key_added_at = @KeyAddedAt, key_validated_at = @KeyValidatedAt, carrier_base_url = @CarrierBaseUrl,
            carrier_key = @CarrierKey, carrier_key_prefix = @CarrierKeyPrefix, carrier_public_key = @CarrierPublicKey,
            carrier_account = @CarrierAccount, carrier_added_at = @CarrierAddedAt, carrier_validated_at = @CarrierValidatedAt,
            carrier_application = @CarrierApplication, carrier_profile = @CarrierProfile, telephony_at = @TelephonyAt,
            llm_base_url = @LlmBaseUrl, llm_key = @LlmKey, llm_key_prefix = @LlmKeyPrefix, llm_model = @LlmModel,
            llm_added_at = @LlmAddedAt, llm_validated_at = @LlmValidatedAt, updated_at = @UpdatedAt
        where tenant_id = @tenant and id = @Id
        """;

    internal const string TakeTelephony = """
        update agency_integrations set telephony_busy_until = @until
        where tenant_id = @tenant and (telephony_busy_until is null or telephony_busy_until <= @at)
        """;
    internal const string LeaveTelephony =
        "update agency_integrations set telephony_busy_until = null where tenant_id = @tenant and telephony_busy_until = @until";

    public ValueTask<IntegrationRow?> FindAsync(TenantId agency, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<IntegrationRow>(Select, new { tenant = agency }), stop);

    /// <summary>All that have a key.</summary>
    public ValueTask<List<IntegrationRow>> ListAsync(CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<IntegrationRow>(SelectWithKeysAllTenants).AsList(), stop);

    /// <summary>All that have a model of their own.</summary>
    public ValueTask<List<IntegrationRow>> ListWithModelAsync(CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<IntegrationRow>(SelectWithModelAllTenants).AsList(), stop);

    /// <param name="nonce">Of a new one.</param>
    public async ValueTask<IntegrationRow> EnsureAsync(TenantId agency, string nonce, DateTimeOffset at, CancellationToken stop) =>
        await FindAsync(agency, stop) ?? await store.Sql.WriteAsync(db =>
        {
            db.Execute(Insert, new { id = Guid.CreateVersion7(at), tenant = agency, nonce, at });
            return db.QueryFirst<IntegrationRow>(Select, new { tenant = agency });
        }, stop);

    /// <summary>Reads and writes at once, so that of two changes neither undoes the other's. It is there already.</summary>
    public ValueTask<IntegrationRow> ChangeAsync(TenantId agency, Func<IntegrationRow, IntegrationRow> change, AuditNote note,
        CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        var after = change(db.QueryFirst<IntegrationRow>(Select, new { tenant = agency }));
        db.Execute(Update, new
        {
            tenant = agency, after.Id, after.PathNonce, after.OldPathNonce, after.OldPathEndsAt, after.BaseUrl, after.ApiKey,
            after.SigningSecrets, after.KeyPrefix, after.KeyAddedAt, after.KeyValidatedAt, after.CarrierBaseUrl, after.CarrierKey,
            after.CarrierKeyPrefix, after.CarrierPublicKey, after.CarrierAccount, after.CarrierAddedAt, after.CarrierValidatedAt,
            after.CarrierApplication, after.CarrierProfile, after.TelephonyAt, after.LlmBaseUrl, after.LlmKey, after.LlmKeyPrefix,
            after.LlmModel, after.LlmAddedAt, after.LlmValidatedAt, after.UpdatedAt,
        });
        AuditTable.Write(db, note);
        return after;
    }, stop);

    /// <summary>One at a time makes what is missing at the carrier, whichever node he asks. It is there already.</summary>
    /// <param name="until">Then another may: whoever has not left has died.</param>
    public ValueTask<bool> TakeTelephonyAsync(TenantId agency, DateTimeOffset at, DateTimeOffset until, CancellationToken stop) =>
        store.Sql.WriteAsync(db => db.Execute(TakeTelephony, new { tenant = agency, at, until }) > 0, stop);

    /// <param name="until">As it was taken: nobody leaves for another.</param>
    public async ValueTask LeaveTelephonyAsync(TenantId agency, DateTimeOffset until) =>
        await store.Sql.WriteAsync(db => db.Execute(LeaveTelephony, new { tenant = agency, until }), CancellationToken.None);
}
