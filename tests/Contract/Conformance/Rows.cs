using Ringwright.Http;
using Ringwright.Telnyx;

namespace Ringwright.Contract.Conformance;

/// <summary>All rows, and what each of them proves.</summary>
internal static class Rows
{
    private static readonly IReadOnlyList<Area> Areas =
    [
        AccountRows.Area,
        AddressRows.Area,
        AssistantRows.Area,
        BillingRows.Area,
        BundleRows.Area,
        CallRows.Area,
        ConferenceRows.Area,
        ConnectionRows.Area,
        InferenceRows.Area,
        MessagingRows.Area,
        NotificationRows.Area,
        NumberRows.Area,
        OAuthRows.Area,
        OrderRows.Area,
        ReportRows.Area,
        SpeechRows.Area,
        StorageRows.Area,
        TexmlRows.Area,
        VerifyRows.Area,
        VoiceRows.Area,
    ];

    public static readonly Http.Contract Contract = TelnyxContract.Read();
    private static readonly BindingTable Bindings = TelnyxBindings.ReadOnly(Contract);

    private static readonly Dictionary<string, Row> ByOperation = Areas.SelectMany(a => a.Rows)
        .ToDictionary(r => r.Operation, StringComparer.Ordinal);
    private static readonly Dictionary<string, Func<Words, Task<string>>> Meanings =
        Areas.SelectMany(a => a.Words).Concat(CommonWords.All).ToDictionary(w => w.Key, w => w.Value, StringComparer.Ordinal);

    public static IEnumerable<Row> All => ByOperation.Values;

    public static Row? Find(string operation) => ByOperation.GetValueOrDefault(operation);

    public static Func<Words, Task<string>>? FindWord(string word) => Meanings.GetValueOrDefault(word);

    public static IEnumerable<Operation> Bound { get; } = [.. Contract.Operations.Where(o => Bindings[o].IsReal)];

    public static IEnumerable<Operation> Absent => Contract.Operations.Where(o => !Bindings[o].IsReal);

    /// <summary>The operation of a row.</summary>
    public static Operation OperationOf(Row row) =>
        Contract.Find(row.Operation) ?? throw new Xunit.Sdk.XunitException($"There is no operation '{row.Operation}'.");

    // Found once: for each of them all operations are looked through, and each request that is arranged asks for its own.
    private static readonly Dictionary<string, Resource> Resources =
        All.ToDictionary(row => row.Operation, Following, StringComparer.Ordinal);

    private static readonly Dictionary<string, Row> ByProven = All
        .SelectMany(row => ResourceOf(row).All.Select(operation => (operation.Id, Row: row))).DistinctBy(one => one.Id)
        .ToDictionary(one => one.Id, one => one.Row, StringComparer.Ordinal);

    /// <summary>The row's operation, and those of its resource that follow from it; only what is bound.</summary>
    public static Resource ResourceOf(Row row) => Resources[row.Operation];

    /// <summary>The row whose resource has this operation; null where none has.</summary>
    public static Row? RowOf(Operation operation) => ByProven.GetValueOrDefault(operation.Id);

    private static Resource Following(Row row)
    {
        var operation = OperationOf(row);
        string collection = operation.Path.EndsWith('}') ? operation.Path[..operation.Path.LastIndexOf('/')] : operation.Path;
        bool isOne = row.IsAlone || (operation.Method != "POST" && row.Thing is null);
        var follow = isOne ? [] : Bound.Where(o => o == operation || (!ByOperation.ContainsKey(o.Id) && IsOf(o, collection))).ToList();
        return new(operation, [.. follow.Where(o => o != operation || row.Thing is not null)]);
    }

    private static bool IsOf(Operation operation, string collection) =>
        operation.Path == collection ? operation.Method is "GET" && !operation.IsOfOne
        : operation.Path.StartsWith(collection + "/{", StringComparison.Ordinal) && operation.Path.IndexOf('/', collection.Length + 1) < 0
            && operation.Method is "GET" or "PUT" or "PATCH" or "DELETE";

    /// <summary>Operations that rows prove.</summary>
    public static IReadOnlySet<string> Proven { get; } =
        All.Where(r => Bindings[OperationOf(r)].IsReal).SelectMany(r => ResourceOf(r).All).Select(o => o.Id)
            .ToHashSet(StringComparer.Ordinal);
}

/// <summary>What a row stands for.</summary>
/// <param name="Own">The row's operation.</param>
/// <param name="Following">The operations of one resource: empty for a row that stands alone.
/// The create is <paramref name="Own"/>, and is not among them.</param>
internal sealed record Resource(Operation Own, IReadOnlyList<Operation> Following)
{
    public IEnumerable<Operation> All => Following.Prepend(Own).Distinct();

    public Operation? List => Following.FirstOrDefault(o => o.Method is "GET" && !o.Path.EndsWith('}'));
    public Operation? Read => Following.FirstOrDefault(o => o.Method is "GET" && o.Path.EndsWith('}'));
    public Operation? Delete => Following.FirstOrDefault(o => o.Method is "DELETE");
    public IEnumerable<Operation> Updates => Following.Where(o => o.Method is "PATCH" or "PUT");
}
