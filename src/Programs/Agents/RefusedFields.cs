using System.Collections.Concurrent;

namespace Ringwright.Programs.Agents;

/// <summary>
/// What models' servers have refused to be asked with, for an hour: a caller waits for a refusal, and not each one for the same again.
/// </summary>
public sealed class RefusedFields(TimeProvider time)
{
    /// <summary>Then all are asked anew: names of models are what accounts say.</summary>
    public const int Most = 1_000;

    private static readonly TimeSpan Known = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Url, string Model, string Field), long> _since = new();

    public void Add(string url, string model, string field)
    {
        if (_since.Count >= Most) _since.Clear();
        _since[(url, model, field)] = time.GetTimestamp();
    }

    public IEnumerable<string> Of(string url, string model) => _since
        .Where(one => one.Key.Url == url && one.Key.Model == model && time.GetElapsedTime(one.Value) < Known)
        .Select(one => one.Key.Field);
}
