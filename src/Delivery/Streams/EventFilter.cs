namespace Ringwright.Delivery.Streams;

/// <summary>
/// Which events a listener wants: names, or beginnings of names with a star, separated by commas ("call.*,message.received").
/// </summary>
public sealed class EventFilter
{
    private readonly string[] _patterns;

    private EventFilter(string[] patterns) => _patterns = patterns;

    /// <param name="text">Nothing wants everything.</param>
    public static EventFilter Of(string? text) =>
        new((text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    public bool Wants(string type)
    {
        foreach (string pattern in _patterns)
            if (pattern.EndsWith('*') ? type.StartsWith(pattern[..^1], StringComparison.Ordinal) : type == pattern) return true;
        return _patterns.Length == 0;
    }
}
