using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>A voice as a provider shows it.</summary>
internal sealed record ProviderVoice
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public string? Description { get; init; }
    public string? PrimaryLanguage { get; init; }
    public string? PreviewUrl { get; init; }
    /// <summary>Everybody there has it; else the agency alone.</summary>
    public bool IsPublic { get; init; }
}

/// <summary>Voices that agencies have at their provider.</summary>
internal sealed class ProviderVoiceTable(Database store)
{
    internal const string SelectAll = """
        select id, name, description, primary_language, preview_url, is_public from agency_voices where tenant_id = @tenant order by id
        """;
    internal const string DeleteAll = "delete from agency_voices where tenant_id = @tenant";
    internal const string Insert = """
        insert into agency_voices (tenant_id, id, name, description, primary_language, preview_url, is_public, synced_at)
        values (@tenant, @id, @name, @description, @language, @preview, @isPublic, @at)
        """;

    /// <summary>By name.</summary>
    public async ValueTask<IReadOnlyList<ProviderVoice>> ListAsync(TenantId agency, CancellationToken stop)
    {
        var rows = await store.Sql.ReadAsync(db => db.Query<ProviderVoice>(SelectAll, new { tenant = agency }).AsList(), stop);
        return [.. rows.OrderBy(row => row.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <param name="voices">All that there are, each once.</param>
    public async ValueTask ReplaceAsync(TenantId agency, IReadOnlyCollection<ProviderVoice> voices, DateTimeOffset at, AuditNote? note,
        CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        db.Execute(DeleteAll, new { tenant = agency });
        foreach (var voice in voices)
            db.Execute(Insert, new
            {
                tenant = agency, id = voice.Id, name = voice.Name, description = voice.Description, language = voice.PrimaryLanguage,
                preview = voice.PreviewUrl, isPublic = voice.IsPublic, at,
            });
        AuditTable.Write(db, note);
        return true;
    }, stop);
}
