namespace Ringwright.Http;

/// <summary>A path with names in braces, which may have literal text around them: <c>/Recordings/{sid}.json</c>.</summary>
internal sealed class PathTemplate
{
    private readonly Segment[] _segments;

    public PathTemplate(string path)
    {
        _segments = [.. Split(path).Select(Segment.Read)];
        Literals = _segments.Count(s => s.Name is null);
    }

    /// <summary>How many segments are literal; of two templates that match, the one with more is meant.</summary>
    public int Literals { get; }

    public static IReadOnlyList<string> Names(string path) => [.. Split(path).Select(s => Segment.Read(s).Name).OfType<string>()];

    public bool Matches(string path)
    {
        var parts = Split(path);
        if (parts.Length != _segments.Length) return false;
        for (int i = 0; i < parts.Length; i++)
            if (!_segments[i].Matches(parts[i])) return false;
        return true;
    }

    /// <summary>One slash may end a path, as in routing; an empty segment inside is a segment.</summary>
    private static string[] Split(string path)
    {
        int start = path.StartsWith('/') ? 1 : 0, end = path.Length > start && path.EndsWith('/') ? path.Length - 1 : path.Length;
        return path[start..end].Split('/');
    }

    private readonly record struct Segment(string Before, string? Name, string After)
    {
        public static Segment Read(string text)
        {
            int open = text.IndexOf('{'), close = text.IndexOf('}');
            return open < 0 ? new(text, null, "") : new(text[..open], text[(open + 1)..close], text[(close + 1)..]);
        }

        public bool Matches(string part) => Name is null
            ? part == Before
            : part.Length > Before.Length + After.Length && part.StartsWith(Before, StringComparison.Ordinal)
                && part.EndsWith(After, StringComparison.Ordinal);
    }
}
