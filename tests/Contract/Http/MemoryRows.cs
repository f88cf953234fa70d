using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Http.Tests;

/// <summary>Rows in memory, with the filters and order that the store has.</summary>
internal sealed class MemoryRows(params string[] unique) : IResourceRows
{
    private readonly Lock _gate = new();
    private readonly List<ResourceRow> _rows = [];

    /// <summary>What the next update answers instead of being done.</summary>
    public Queue<WriteOutcome> Answers { get; } = [];

    public ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop)
    {
        lock (_gate)
        {
            var found = _rows.Where(r => r.Tenant == tenant && query.Filters.All(f => Fits(r, f)));
            found = query.IsDescending ? found.OrderByDescending(r => Key(r, query.Sort), StringComparer.Ordinal)
                .ThenByDescending(r => r.Id, StringComparer.Ordinal)
                : found.OrderBy(r => Key(r, query.Sort), StringComparer.Ordinal).ThenBy(r => r.Id, StringComparer.Ordinal);
            var all = found.ToList();
            return new(new ResourcePage([.. all.Skip(query.Offset).Take(query.Limit)], all.Count));
        }
    }

    public ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop)
    {
        lock (_gate) return new(_rows.FirstOrDefault(r => r.Tenant == tenant && r.Id == id));
    }

    public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop)
    {
        lock (_gate)
        {
            if (_rows.Any(r => r.Tenant == row.Tenant && (r.Id == row.Id || IsSame(r, row)))) return new(WriteOutcome.Duplicate);
            _rows.Add(row);
            return new(WriteOutcome.Done);
        }
    }

    public ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop)
    {
        lock (_gate)
        {
            if (Answers.TryDequeue(out var answer)) return new(answer);
            int index = _rows.FindIndex(r => r.Tenant == row.Tenant && r.Id == row.Id);
            if (index < 0) return new(WriteOutcome.Missing);
            if (_rows[index].Revision != row.Revision) return new(WriteOutcome.Stale);
            if (_rows.Any(r => r.Id != row.Id && r.Tenant == row.Tenant && IsSame(r, row))) return new(WriteOutcome.Duplicate);
            _rows[index] = row with { Revision = row.Revision + 1 };
            return new(WriteOutcome.Done);
        }
    }

    public ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop)
    {
        lock (_gate) return new(_rows.RemoveAll(r => r.Tenant == tenant && r.Id == id) > 0 ? WriteOutcome.Done : WriteOutcome.Missing);
    }

    private bool IsSame(ResourceRow one, ResourceRow other) =>
        unique.Any(u => one.Body[u]?.ToString() is { } value && value == other.Body[u]?.ToString());

    private static bool Fits(ResourceRow row, ResourceFilter filter)
    {
        string? value = Key(row, filter.Path);
        string first = filter.Values.Count > 0 ? filter.Values[0] : "";
        return filter.Operator switch
        {
            "eq" or "in" => value is not null && filter.Values.Contains(value),
            "ne" => !filter.Values.Contains(value ?? ""),
            "contains" => value?.Contains(first, StringComparison.OrdinalIgnoreCase) is true,
            "starts_with" => value?.StartsWith(first, StringComparison.OrdinalIgnoreCase) is true,
            "ends_with" => value?.EndsWith(first, StringComparison.OrdinalIgnoreCase) is true,
            "gt" => string.CompareOrdinal(value, first) > 0,
            "gte" => string.CompareOrdinal(value, first) >= 0,
            "lt" => string.CompareOrdinal(value, first) < 0,
            _ => string.CompareOrdinal(value, first) <= 0,
        };
    }

    private static string? Key(ResourceRow row, string path) => path switch
    {
        "id" => row.Id,
        "created_at" => row.CreatedAt.ToString("O"),
        "updated_at" => row.UpdatedAt.ToString("O"),
        _ => path.Split('.').Aggregate((JsonNode?)row.Body, (node, name) => node?[name])?.ToString(),
    };
}
