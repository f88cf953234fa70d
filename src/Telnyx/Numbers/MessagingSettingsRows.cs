using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Numbers;

/// <summary>The profile inside the rows of numbers: read with what the number says of itself, written back with its tags alone.</summary>
/// <param name="plans">Say which numbers are toll-free, for lists that ask for some type; null where nobody does.</param>
/// <param name="store">Has the texts of the numbers, for who is shown how these do; null where nobody is.</param>
internal sealed class MessagingSettingsRows(IResourceRows numbers, NumberingPlans? plans = null, Database? store = null) : IResourceRows
{
    /// <summary>The filter by what a number is to texts; no row says it.</summary>
    public const string ByType = "type";

    /// <summary>How a number does: it is read with the row, and not written.</summary>
    public const string Health = "health";

    /// <summary>So long texts count for it.</summary>
    private static readonly TimeSpan Looked = TimeSpan.FromDays(30);

    private static readonly string[] OfNumber = ["phone_number", "country_iso_alpha2", MessagingSettings.Tags];

    public async ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop)
    {
        var page = plans is not null && query.Filters.Any(filter => filter.Path is ByType)
            ? await ListOfTypeAsync(tenant, query, plans, stop) : await numbers.ListAsync(tenant, query, stop);
        return new(await SettingsAsync(tenant, page.Rows, stop), page.Total);
    }

    /// <summary>What a number is its digits say, by the plan of its country: all that the other filters fit are looked at.</summary>
    private async ValueTask<ResourcePage> ListOfTypeAsync(TenantId tenant, ResourceQuery query, NumberingPlans known,
        CancellationToken stop)
    {
        var asked = query.Filters.Where(filter => filter.Path is ByType).ToList();
        var page = await numbers.ListAsync(tenant,
            query with { Filters = [.. query.Filters.Where(filter => filter.Path is not ByType)], Offset = 0, Limit = int.MaxValue }, stop);
        var fitting = page.Rows.Where(row =>
        {
            string type = Word(MessagingSettings.TypeOf(row.Body.Text("phone_number") ?? "", known));
            return asked.TrueForAll(filter => Fits(filter, type));
        }).ToList();
        return new([.. fitting.Skip(query.Offset).Take(query.Limit)], fitting.Count);
    }

    private static bool Fits(ResourceFilter filter, string type) => filter.Operator switch
    {
        "eq" or "in" => filter.Values.Any(value => Word(value) == type),
        "ne" => filter.Values.All(value => Word(value) != type),
        _ => false,
    };

    /// <summary>Filters write the words of replies without their hyphen.</summary>
    private static string Word(string type) => type.Replace("-", "", StringComparison.Ordinal);

    public async ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop) =>
        await numbers.FindAsync(tenant, id, stop) is { } number ? (await SettingsAsync(tenant, [number], stop))[0] : null;

    public async ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop)
    {
        if (await numbers.FindAsync(row.Tenant, row.Id, stop) is not { } number) return WriteOutcome.Missing;
        if (number.Revision != row.Revision) return WriteOutcome.Stale;
        var body = number.Body.DeepClone().AsObject();
        if (row.Body.Filled(MessagingSettings.Profile) is { } profile) body[MessagingSettings.Profile] = profile;
        else body.Remove(MessagingSettings.Profile);
        if (row.Body[MessagingSettings.Tags] is JsonArray tags) body[MessagingSettings.Tags] = tags.DeepClone();
        return await numbers.UpdateAsync(number with { Body = body, UpdatedAt = row.UpdatedAt },
            work?.Note is { } note ? work with { Note = note with { Before = number.Body, After = Kept(note.After) } } : work, stop);
    }

    public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop) =>
        throw new NotSupportedException("Settings come with their number.");

    public ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop) =>
        throw new NotSupportedException("Settings go with their number.");

    /// <summary>Of a change, what was changed: how the number does was not.</summary>
    private static JsonObject? Kept(JsonObject? after)
    {
        if (after?.ContainsKey(Health) is not true) return after;
        var kept = after.DeepClone().AsObject();
        kept.Remove(Health);
        return kept;
    }

    private async ValueTask<IReadOnlyList<ResourceRow>> SettingsAsync(TenantId tenant, IReadOnlyList<ResourceRow> found,
        CancellationToken stop)
    {
        List<ResourceRow> settings = [.. found.Select(Settings)];
        if (store is null || settings.Count == 0) return settings;
        var health = await store.Texts.HealthAsync(tenant, [.. settings.Select(row => row.Body.Text("phone_number") ?? "")],
            store.Time.GetUtcNow() - Looked, stop);
        for (int i = 0; i < settings.Count; i++)
            if (HealthOf(health[i]) is { } shown) settings[i].Body[Health] = shown;
        return settings;
    }

    /// <summary>Null where nothing was sent and nothing came: there is no ratio of nothing.</summary>
    private static JsonObject? HealthOf(TextHealth health) => health.Sent + health.Received == 0 ? null : new()
    {
        ["message_count"] = health.Sent + health.Received,
        ["inbound_outbound_ratio"] = Ratio(health.Received, Math.Max(1, health.Sent)),
        ["success_ratio"] = health.Judged == 0 ? 1 : Ratio(health.Delivered, health.Judged),
        ["spam_ratio"] = 0,     // no far end says so apart from its other refusals
    };

    private static decimal Ratio(long part, long whole) => Math.Round((decimal)part / whole, 4);

    private static ResourceRow Settings(ResourceRow number)
    {
        var settings = new JsonObject { [MessagingSettings.Profile] = number.Body.Filled(MessagingSettings.Profile) };
        foreach (string field in OfNumber)
            if (number.Body[field] is { } value) settings[field] = value.DeepClone();
        return number with { Body = settings };
    }
}
