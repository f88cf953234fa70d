using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Reports;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>
/// What can be summed up of one product, in the contract's names: the report and the list of its options are both made from this.
/// </summary>
/// <param name="Source">Null while nothing here makes such records: their sums are empty.</param>
/// <param name="Dimensions">Column by name.</param>
/// <param name="Metrics">Metric by name.</param>
internal sealed record UsageProduct(string Name, string RecordType, RecordSource? Source, IReadOnlyDictionary<string, string> Dimensions,
    IReadOnlyDictionary<string, string> Metrics)
{
    public IReadOnlyList<ResourceFilter> Always { get; init; } = [];

    /// <summary>The dimension that a metric must be split by: amounts of two currencies are never added.</summary>
    public string? UnitOf(string metric) =>
        Source?.Metrics[Metrics[metric]].Unit is { } column ? Dimensions.First(d => d.Value == column).Key : null;
}

internal static class UsageProducts
{
    private static readonly Dictionary<string, string> CallDimensions = new()
    {
        ["date"] = "day",
        ["direction"] = "direction",
        ["connection_id"] = "connection_id",
        ["connection_name"] = "connection_name",
        ["is_answered"] = "is_answered",
    };

    private static readonly Dictionary<string, string> CallMetrics =
        new() { ["attempted"] = "calls", ["connected"] = "answered_calls", ["call_sec"] = "talk_seconds" };

    private static readonly Dictionary<string, string> FeatureDimensions = new()
    {
        ["date"] = "day",
        ["direction"] = "direction",
        ["connection_id"] = "connection_id",
        ["connection_name"] = "connection_name",
    };

    public static readonly IReadOnlyList<UsageProduct> All =
    [
        new("amd", "amd", RecordSources.MachineDetections, FeatureDimensions, new Dictionary<string, string> { ["invocations"] = "uses" }),
        new("call-control", "call-control", RecordSources.Calls, CallDimensions, CallMetrics)
        {
            Always = [new("connection_kind", "eq", [SnakeName.Of(ConnectionKind.CallControl)])],
        },
        new("messaging", "messaging", TextRecords.Texts,
            new Dictionary<string, string>(Names("date", "direction", "currency", "message_type", "profile_id", "status"))
            {
                ["date"] = "day",
            },
            new Dictionary<string, string> { ["cost"] = "cost", ["count"] = "messages", ["parts"] = "parts" }),
        new("recording", "recording", RecordSources.Recordings, FeatureDimensions,
            new Dictionary<string, string> { ["count"] = "uses", ["duration_sec"] = "length_seconds", ["size_bytes"] = "bytes" }),
        new("sip-trunking", "sip-trunking", RecordSources.Calls,
            new Dictionary<string, string>(CallDimensions) { ["currency"] = "currency", ["billing_group_id"] = "billing_group_id" },
            new Dictionary<string, string>(CallMetrics) { ["billed_sec"] = "billed_seconds", ["cost"] = "cost" }),
        new("tts", "tts", RecordSources.Speech, FeatureDimensions, new Dictionary<string, string> { ["count"] = "uses" }),
        new("wireless", "wireless", null, Names("date", "currency", "sim_card_id", "sim_group_id", "mcc", "mnc"),
            Names("cost", "downlink_data", "uplink_data")),
    ];

    public static UsageProduct? Find(string name) => All.FirstOrDefault(p => p.Name == name);

    /// <summary>Names of a product without records.</summary>
    private static Dictionary<string, string> Names(params ReadOnlySpan<string> names)
    {
        var known = new Dictionary<string, string>();
        foreach (string name in names) known.Add(name, name);
        return known;
    }
}
