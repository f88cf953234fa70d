using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ringwright.Store.Tables;

/// <summary>
/// How far a listener has heard: of each node's events the last one. As text it is that event's number while one node's alone were heard
/// ("118"), else all of them ("1:118,2:120"): a node's numbers are committed in their order, and those of two nodes are not.
/// </summary>
public sealed record StreamPosition
{
    /// <summary>More nodes than there can be.</summary>
    private const int Most = 256;

    private readonly ImmutableSortedDictionary<int, long> _heard;
    /// <summary>For nodes of which nothing is known.</summary>
    private readonly long _floor;

    internal StreamPosition(long floor, IEnumerable<(int Node, long Seq)> heard)
        : this(floor, heard.ToImmutableSortedDictionary(place => place.Node, place => place.Seq)) { }

    private StreamPosition(long floor, ImmutableSortedDictionary<int, long> heard) => (_floor, _heard) = (floor, heard);

    /// <summary>The one number that stands for it all; null when there are several.</summary>
    internal long? Plain => _heard.Count switch { 0 => _floor, 1 when _floor == 0 => _heard.Values.First(), _ => null };

    /// <summary>The newest event that was heard.</summary>
    internal long Newest => _heard.Count == 0 ? _floor : _heard.Values.Max();

    /// <summary>The last event of that node that was heard.</summary>
    public long Of(int node) => _heard.TryGetValue(node, out long seq) ? seq : _floor;

    public StreamPosition With(int node, long seq) => new(0, _heard.SetItem(node, seq));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out StreamPosition? position)
    {
        position = null;
        if (TryNumber(text, out long plain))
        {
            position = new(plain, []);
            return true;
        }
        var heard = ImmutableSortedDictionary.CreateBuilder<int, long>();
        foreach (string part in text.Split(',', Most + 1))
        {
            int colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !TryNumber(part[..colon], out long node) || node >= Most || !TryNumber(part[(colon + 1)..], out long seq)
                || heard.ContainsKey((int)node)) return false;
            heard.Add((int)node, seq);
        }
        position = new(0, heard.ToImmutable());
        return true;
    }

    public override string ToString() => Plain is { } one ? one.ToString(CultureInfo.InvariantCulture)
        : string.Join(',', _heard.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.Key}:{place.Value}")));

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
